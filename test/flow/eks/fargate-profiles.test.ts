import * as eks from '@aws-sdk/client-eks';
import { beforeEach, describe, expect, it } from 'vitest';
import { dueEks, profileWork } from '#control/eks/eks-work.ts';
import { createObject } from '#control/kube/create-object.ts';
import { listObjects } from '#control/kube/read-objects.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { type EksWorld, eksWorld, ROLE } from '#test/support/eks-world.ts';

let world: EksWorld;

beforeEach(async () => {
  world = await eksWorld();
});

const create = (fargateProfileName: string, changes: Partial<eks.CreateFargateProfileRequest> = {}) =>
  world.eks.send(
    new eks.CreateFargateProfileCommand({
      clusterName: 'default',
      fargateProfileName,
      podExecutionRoleArn: ROLE,
      selectors: [{ namespace: 'prod', labels: { app: 'web' } }],
      ...changes,
    }),
  );
const describeProfile = async (fargateProfileName: string) =>
  (await world.eks.send(new eks.DescribeFargateProfileCommand({ clusterName: 'default', fargateProfileName })))
    .fargateProfile;
const remove = (fargateProfileName: string) =>
  world.eks.send(new eks.DeleteFargateProfileCommand({ clusterName: 'default', fargateProfileName }));
const names = async (): Promise<readonly string[]> =>
  (await world.eks.send(new eks.ListFargateProfilesCommand({ clusterName: 'default' }))).fargateProfileNames ?? [];

const makePod = (name: string, labels: Readonly<Record<string, string>>) =>
  createObject(
    world.deps,
    { cluster: 'default', resource: resourceNamed('pods'), namespace: 'default' },
    { metadata: { name, labels }, spec: { containers: [{ name: 'app', image: 'nginx' }] } },
    { isDryRun: false },
  );
const podNames = async (): Promise<readonly string[]> =>
  (await listObjects(world.deps, { cluster: 'default', resource: 'pods' })).map(({ value }) => value.metadata.name);

describe('CreateFargateProfile', () => {
  it('of a new name, is CREATING, becomes ACTIVE and shows what it was asked for', async () => {
    const { fargateProfile: made } = await create('web', { subnets: ['subnet-1'], tags: { team: 'a' } });
    expect(made).toMatchObject({
      fargateProfileName: 'web',
      clusterName: 'default',
      status: 'CREATING',
      podExecutionRoleArn: ROLE,
      subnets: ['subnet-1'],
      selectors: [{ namespace: 'prod', labels: { app: 'web' } }],
      tags: { team: 'a' },
    });
    expect(made?.fargateProfileArn).toMatch(/^arn:aws:eks:[\w-]+:\d{12}:fargateprofile\/default\/web\/[0-9a-f-]{36}$/);
    expect(made?.createdAt).toBeInstanceOf(Date);
    await world.settle();
    expect(await describeProfile('web')).toEqual({ ...made, status: 'ACTIVE' });
    expect(await names()).toEqual(['fp-default', 'web']);
  });

  it('that is on its way, is found by the sweep, and one that is ACTIVE is not', async () => {
    await create('web');
    expect(await dueEks(world.deps, 'default')).toEqual([profileWork({ cluster: 'default', profile: 'web' })]);
    await world.settle();
    expect(await dueEks(world.deps, 'default')).toEqual([]);
  });

  it('again with the same token, is the profile that was made; with another request under it, is refused', async () => {
    const first = await create('web', { clientRequestToken: 'once' });
    const second = await create('web', { clientRequestToken: 'once' });
    expect(second.fargateProfile).toEqual(first.fargateProfile);
    await expect(create('web', { clientRequestToken: 'once', subnets: ['other'] })).rejects.toBeInstanceOf(
      eks.InvalidRequestException,
    );
  });

  it('of a name that is taken, is refused: profiles do not change', async () => {
    await create('web');
    await expect(create('web', { selectors: [{ namespace: 'other' }] })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'A Fargate Profile already exists with this name in this cluster.',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it.each<[string, Partial<eks.CreateFargateProfileRequest>]>([
    ['no selector', { selectors: [] }],
    ['selectors left out', { selectors: undefined }],
    ['six selectors', { selectors: Array.from({ length: 6 }, () => ({ namespace: 'a' })) }],
    ['a selector without namespace', { selectors: [{ labels: { a: 'b' } }] }],
    [
      'six labels',
      { selectors: [{ namespace: 'a', labels: Object.fromEntries([...'abcdef'].map((key) => [key, 'x'])) }] },
    ],
    ['a namespace that is none', { selectors: [{ namespace: 'Prod' }] }],
    ['a label value that is none', { selectors: [{ namespace: 'a', labels: { a: 'b c' } }] }],
    ['a reserved name', { fargateProfileName: 'eks-web' }],
    ['a name that is none', { fargateProfileName: 'a/b' }],
    ['no role', { podExecutionRoleArn: 'pods' }],
    ['a reserved tag', { tags: { 'aws:x': 'y' } }],
  ])('of %s, is an InvalidParameterException and makes nothing', async (_, changes) => {
    await expect(create('web', changes)).rejects.toBeInstanceOf(eks.InvalidParameterException);
    expect(await names()).toEqual(['fp-default']);
  });

  it('beyond ten of a cluster, is a ResourceLimitExceededException', async () => {
    for (let at = 1; at < 10; at += 1) await create(`p${at}`);
    await expect(create('p10')).rejects.toBeInstanceOf(eks.ResourceLimitExceededException);
  });

  it('of many at once, makes no more than the limit', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => create(`p${at}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(9);
    expect((await names()).length).toBeLessThanOrEqual(10);
  });

  it('in a cluster there is not, is a ResourceNotFoundException', async () => {
    await expect(create('web', { clusterName: 'nope' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No cluster found for name: nope.',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('ListFargateProfiles', () => {
  it('page by page, has every name once, in order', async () => {
    for (const name of ['b', 'a', 'c']) await create(name);
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await world.eks.send(
        new eks.ListFargateProfilesCommand({ clusterName: 'default', maxResults: 1, nextToken }),
      );
      expect(page.fargateProfileNames?.length).toBeLessThanOrEqual(1);
      found.push(...(page.fargateProfileNames ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(found).toEqual(['a', 'b', 'c', 'fp-default']);
  });

  it('with a token of another listing, or a page size that is none, is an InvalidParameterException', async () => {
    for (const name of ['a', 'b']) await create(name);
    const { nextToken } = await world.eks.send(
      new eks.ListFargateProfilesCommand({ clusterName: 'default', maxResults: 1 }),
    );
    const wrong = [{ nextToken: 'made-up' }, { maxResults: 0 }, { maxResults: 101 }];
    for (const changes of wrong) {
      const request = new eks.ListFargateProfilesCommand({ clusterName: 'default', ...changes });
      await expect(world.eks.send(request)).rejects.toBeInstanceOf(eks.InvalidParameterException);
    }
    await expect(world.eks.send(new eks.ListClustersCommand({ nextToken }))).rejects.toBeInstanceOf(
      eks.InvalidParameterException,
    );
  });
});

describe('DeleteFargateProfile', () => {
  it('of a profile without pods, is DELETING and then gone', async () => {
    await create('web');
    await world.settle();
    expect((await remove('web')).fargateProfile?.status).toBe('DELETING');
    expect((await remove('web')).fargateProfile?.status).toBe('DELETING');
    await world.settle();
    await expect(describeProfile('web')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No Fargate Profile found with name: web.',
    });
    expect(await names()).toEqual(['fp-default']);
  });

  it('while it lasts, neither lets another profile be made nor be deleted', async () => {
    await create('web');
    await world.settle();
    await remove('web');
    const why = 'because cluster default currently has Fargate profile web in status DELETING';
    await expect(create('other')).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `Cannot create Fargate Profile other ${why}`,
    });
    await expect(remove('fp-default')).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `Cannot delete Fargate Profile fp-default ${why}`,
    });
    await world.settle();
    await create('other');
    await remove('fp-default');
  });

  it('deletes its pods and no others', async () => {
    await create('web');
    await world.settle();
    await makePod('own', { 'eks.amazonaws.com/fargate-profile': 'web' });
    await makePod('other', { 'eks.amazonaws.com/fargate-profile': 'fp-default' });
    await remove('web');
    await world.settle();
    expect(await podNames()).toEqual(['other']);
    expect(await names()).toEqual(['fp-default']);
  });

  it('of a profile there is not, is a ResourceNotFoundException', async () => {
    await expect(remove('nope')).rejects.toBeInstanceOf(eks.ResourceNotFoundException);
  });
});

describe('tags of a profile', () => {
  it('are added, replaced and taken away, and belong to the profile of that ARN alone', async () => {
    const { fargateProfile } = await create('web', { tags: { team: 'a' } });
    const resourceArn = fargateProfile?.fargateProfileArn ?? '';
    await world.eks.send(new eks.TagResourceCommand({ resourceArn, tags: { team: 'b', 'cost center': '1/2' } }));
    await world.eks.send(new eks.UntagResourceCommand({ resourceArn, tagKeys: ['cost center', 'none'] }));
    expect((await world.eks.send(new eks.ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ team: 'b' });
    const other = resourceArn.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000');
    for (const arn of [other, resourceArn.replace('/default/', '/nope/')]) {
      await expect(world.eks.send(new eks.ListTagsForResourceCommand({ resourceArn: arn }))).rejects.toBeInstanceOf(
        eks.NotFoundException,
      );
    }
    await expect(
      world.eks.send(new eks.ListTagsForResourceCommand({ resourceArn: 'arn:aws:ecs:us-east-1:1:cluster/x' })),
    ).rejects.toBeInstanceOf(eks.BadRequestException);
  });
});
