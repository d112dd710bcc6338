import * as eks from '@aws-sdk/client-eks';
import { bindingOf, type EksOperation, type HttpBinding, isOperationSchema } from './operation.ts';
import {
  createClusterOperation,
  deleteClusterOperation,
  describeClusterOperation,
  listClustersOperation,
} from './operations/clusters.ts';
import {
  createFargateProfileOperation,
  deleteFargateProfileOperation,
  describeFargateProfileOperation,
  listFargateProfilesOperation,
} from './operations/fargate-profiles.ts';
import { listTagsForResourceOperation, tagResourceOperation, untagResourceOperation } from './operations/tags.ts';

/** Every EKS operation Berth serves. */
export const OPERATIONS: ReadonlyMap<string, EksOperation> = new Map(
  [
    createClusterOperation,
    describeClusterOperation,
    listClustersOperation,
    deleteClusterOperation,
    createFargateProfileOperation,
    describeFargateProfileOperation,
    listFargateProfilesOperation,
    deleteFargateProfileOperation,
    tagResourceOperation,
    untagResourceOperation,
    listTagsForResourceOperation,
  ].map((operation) => [operation.binding.name, operation]),
);

/** How the requests of every operation of the model are written, served or not. */
export const BINDINGS: readonly HttpBinding[] = Object.values<unknown>(eks).filter(isOperationSchema).map(bindingOf);
