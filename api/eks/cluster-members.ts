import type { CreateClusterRequest } from '@aws-sdk/client-eks';
import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import { EKS_VERSION } from './views.ts';

/** Stored and shown again, so that a declarative tool sees what it sent; nothing acts on them. */
export const MEMBERS_ECHOED = [
  'roleArn',
  'resourcesVpcConfig',
  'kubernetesNetworkConfig',
  'logging',
  'accessConfig',
  'upgradePolicy',
] as const satisfies readonly (keyof CreateClusterRequest)[];

/** What a member asks for that Berth has not; one that switches everything off asks for nothing. */
export const MEMBERS_REFUSED: Readonly<Partial<Record<keyof CreateClusterRequest, string>>> = {
  encryptionConfig: 'envelope encryption needs keys that AWS manages',
  outpostConfig: 'there are no Outposts',
  zonalShiftConfig: 'there are no load balancers to shift',
  remoteNetworkConfig: 'there are no hybrid nodes',
  computeConfig: 'there is no Auto Mode: all pods run on Fargate profiles',
  storageConfig: 'there is no block storage',
  deletionProtection: 'nothing could take it away again, for UpdateClusterConfig is not served',
  controlPlaneScalingConfig: 'the control plane has no servers to scale',
};

/** The members of CreateCluster that are echoed. Throws InvalidParameter for those that would promise too much. */
export function echoedMembers(input: CreateClusterRequest): JsonObject {
  for (const [member, why] of Object.entries(MEMBERS_REFUSED)) {
    const value = input[member as keyof CreateClusterRequest];
    if (value !== undefined && !isOff(value)) {
      throw new Fault('InvalidParameter', `Berth does not serve '${member}' of CreateCluster: ${why}.`);
    }
  }
  if (input.version !== undefined && input.version !== EKS_VERSION) {
    throw new Fault(
      'InvalidParameter',
      `unsupported Kubernetes version ${input.version.slice(0, 20)}: Berth serves ${EKS_VERSION}`,
    );
  }
  const echoed = MEMBERS_ECHOED.flatMap((member) =>
    input[member] === undefined ? [] : [[member, input[member]] as const],
  );
  // What was decoded from JSON by a shape without times and documents is JSON.
  return Object.fromEntries(echoed) as JsonObject;
}

const isOff = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.values(value).every(isOff) : value === false;
