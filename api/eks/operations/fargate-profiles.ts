import * as eks from '@aws-sdk/client-eks';
import { createProfile } from '#control/eks/create-profile.ts';
import { deleteProfile } from '#control/eks/delete-profile.ts';
import { listProfiles, requireProfile } from '#control/eks/read-profiles.ts';
import { present } from '../../ecs/present.ts';
import { clusterName } from '../identifiers.ts';
import { eksPaged } from '../listing.ts';
import { operation } from '../operation.ts';
import { profileView, tagsOf } from '../views.ts';

export const createFargateProfileOperation = operation<
  eks.CreateFargateProfileRequest,
  eks.CreateFargateProfileResponse
>(eks.CreateFargateProfile$, async ({ deps }, input) => {
  const profile = await createProfile(deps, {
    cluster: clusterName(input.clusterName),
    name: input.fargateProfileName ?? '',
    podExecutionRoleArn: input.podExecutionRoleArn ?? '',
    subnets: input.subnets ?? [],
    selectors: (input.selectors ?? []).map(({ namespace = '', labels = {} }) => ({ namespace, labels })),
    tags: tagsOf(input.tags),
    ...present({ clientRequestToken: input.clientRequestToken }),
  });
  return { fargateProfile: profileView(deps.scope, profile) };
});

export const describeFargateProfileOperation = operation<
  eks.DescribeFargateProfileRequest,
  eks.DescribeFargateProfileResponse
>(eks.DescribeFargateProfile$, async ({ deps }, input) => {
  const { value } = await requireProfile(deps, profileId(input));
  return { fargateProfile: profileView(deps.scope, value) };
});

export const listFargateProfilesOperation = operation<eks.ListFargateProfilesRequest, eks.ListFargateProfilesResponse>(
  eks.ListFargateProfiles$,
  async (call, input) => {
    const cluster = clusterName(input.clusterName);
    const listing = { operation: 'eks:ListFargateProfiles', filter: cluster };
    const { page, nextToken } = await eksPaged(call, listing, input, (range) =>
      listProfiles(call.deps, cluster, range),
    );
    return { fargateProfileNames: [...page.names], nextToken };
  },
);

export const deleteFargateProfileOperation = operation<
  eks.DeleteFargateProfileRequest,
  eks.DeleteFargateProfileResponse
>(eks.DeleteFargateProfile$, async ({ deps }, input) => ({
  fargateProfile: profileView(deps.scope, await deleteProfile(deps, profileId(input))),
}));

const profileId = ({ clusterName: cluster, fargateProfileName = '' }: eks.DescribeFargateProfileRequest) => ({
  cluster: clusterName(cluster),
  profile: fargateProfileName,
});
