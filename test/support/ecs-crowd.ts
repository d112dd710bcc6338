import { deploymentRecords, put } from '#control/records.ts';
import { told } from './ecs-ask.ts';
import { addInstance } from './ecs-instance.ts';
import { ACCOUNT, type EcsHarness, openEcs, REGION } from './ecs-request.ts';

/** One more than the largest page there is. */
export const CROWD = 101;
const GROUP = `arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:u:autoScalingGroupName`;

/** Names in the order every list has. */
export const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`);

/** An id of 32 hex digits. */
export const hexId = (index: number): string => index.toString(16).padStart(32, '0');

/** A control plane with more of everything than fits on a page. Nothing of it runs: no worker and no agent is there. */
export async function openCrowd(): Promise<EcsHarness> {
  const ecs = openEcs();
  await told(ecs, 'CreateCluster', { tags: TAGS });
  for (const clusterName of names('cluster', CROWD - 1)) await told(ecs, 'CreateCluster', { clusterName });
  for (const family of names('family', CROWD)) await register(ecs, family);
  for (const name of names('group', 9)) {
    const autoScalingGroupProvider = { autoScalingGroupArn: `${GROUP}/${name}` };
    await told(ecs, 'CreateCapacityProvider', { name, autoScalingGroupProvider, tags: TAGS });
  }
  for (const serviceName of names('service', CROWD)) {
    await told(ecs, 'CreateService', { serviceName, taskDefinition: 'family-000', desiredCount: 1, tags: TAGS });
  }
  for (let started = 0; started < CROWD; started += 10) {
    const count = Math.min(10, CROWD - started);
    await told(ecs, 'RunTask', { taskDefinition: 'family-001', count, startedBy: 'crowd', tags: TAGS });
  }
  for (let index = 0; index < CROWD; index += 1) {
    await addInstance(ecs, hexId(index), { rack: String(index % 2), 'ecs.os-type': 'linux' });
  }
  await addDeployments(ecs);
  return ecs;
}

export const TAGS = [{ key: 'team', value: 'crowd' }];

const register = (ecs: EcsHarness, family: string) =>
  told(ecs, 'RegisterTaskDefinition', {
    family,
    containerDefinitions: [{ name: 'main', image: 'nginx', memory: 64 }],
    tags: TAGS,
  });

/** A history for the first service, as long as the service worker would have written it. */
async function addDeployments({ deps, clock }: EcsHarness): Promise<void> {
  const id = { cluster: 'default', service: 'service-000' };
  for (let index = 1; index < CROWD; index += 1) {
    const createdAt = clock.now() - index * 60_000;
    const spec = {
      id: `ecs-svc/${String(index).padStart(19, '0')}`,
      definition: { family: 'family-000', revision: 1 },
      launchType: 'EC2' as const,
      createdAt,
    };
    const record = {
      ...id,
      spec,
      sources: [],
      status: index % 2 === 0 ? ('SUCCESSFUL' as const) : ('STOPPED' as const),
      startedAt: createdAt,
      updatedAt: createdAt,
      finishedAt: createdAt,
      desiredCount: 1,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    };
    await deps.store.transact([put(deploymentRecords, { ...id, id: spec.id, createdAt }, record, 'absent')]);
  }
}
