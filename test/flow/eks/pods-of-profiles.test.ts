import { CreateFargateProfileCommand, DeleteFargateProfileCommand } from '@aws-sdk/client-eks';
import { beforeEach, describe, expect, it } from 'vitest';
import { explainPod } from '#control/kube/pod/explain-pod.ts';
import { type EksWorld, eksWorld, ROLE } from '#test/support/eks-world.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { aManifest } from '#test/support/pod-world.ts';

const PROD = '/api/v1/namespaces/prod/pods';

let world: EksWorld;
let agent: FlowAgent;

beforeEach(async () => {
  world = await eksWorld();
  agent = await world.kube.world.agent('m1', { cpu: 4_096, memory: 8_192 });
  await world.kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'prod' } });
});

const clusterName = 'default';
const createProfile = (fargateProfileName: string, namespace: string) =>
  world.eks.send(
    new CreateFargateProfileCommand({
      clusterName,
      fargateProfileName,
      podExecutionRoleArn: ROLE,
      selectors: [{ namespace }],
    }),
  );
const deleteProfile = (fargateProfileName: string) =>
  world.eks.send(new DeleteFargateProfileCommand({ clusterName, fargateProfileName }));
const makePod = async (name: string, spec: object = {}) => {
  const { status, body } = await world.kube.send('POST', PROD, aManifest(name, spec));
  expect([status, body]).toEqual([201, body]);
};
const podOf = async (name: string) => (await world.kube.send('GET', `${PROD}/${name}`)).body;
/** Whatever is due happens, while agents do their part and time goes on. */
const live = async (): Promise<void> => {
  for (let round = 0; round < 6; round += 1) {
    await world.kube.world.converge();
    world.kube.world.advance(2_000);
  }
};
const explained = (name: string) => explainPod(world.deps, { cluster: 'default', namespace: 'prod', name });

describe('a pod that was made before its profile', () => {
  beforeEach(async () => {
    await deleteProfile('fp-default');
    await live();
    await createProfile('test', 'test-*');
    await live();
    await makePod('early');
    await live();
  });

  it('waits, and says for what', async () => {
    expect((await podOf('early')).status.phase).toBe('Pending');
    const explanation = await explained('early');
    expect(explanation).toMatchObject({
      phase: 'Pending',
      admission: { kind: 'unmatched' },
      profiles: [
        { profile: 'test', selectors: [{ misses: [{ kind: 'namespace', wanted: 'test-*', found: 'prod' }] }] },
      ],
    });
    expect(explanation.task).toBeUndefined();
  });

  it('is taken and runs when the profile appears, without a sweep', async () => {
    await createProfile('prod', 'prod');
    await live();
    const pod = await podOf('early');
    expect(pod.status.phase).toBe('Running');
    expect(pod.metadata.labels['eks.amazonaws.com/fargate-profile']).toBe('prod');
    expect(pod.metadata.annotations['CapacityProvisioned']).toBe('0.25vCPU 0.5GB');
    expect(await explained('early')).toMatchObject({
      admitted: { profile: 'prod', capacityProvisioned: '0.25vCPU 0.5GB' },
      task: { state: 'running', instanceId: agent.instanceId },
    });
  });
});

describe('a profile that is deleted', () => {
  it('takes its running pods along and is gone after them; another one may then take what comes anew', async () => {
    await createProfile('a-prod', 'prod');
    await live();
    await makePod('web');
    await live();
    expect((await podOf('web')).metadata.labels['eks.amazonaws.com/fargate-profile']).toBe('a-prod');
    await deleteProfile('a-prod');
    await world.kube.world.settle();
    const { body: during } = await world.kube.send('GET', `${PROD}/web`);
    expect(during.metadata?.deletionTimestamp).toBeDefined();
    await live();
    expect((await podOf('web')).code).toBe(404);
    await makePod('web');
    await live();
    const pod = await podOf('web');
    expect([pod.status.phase, pod.metadata.labels['eks.amazonaws.com/fargate-profile']]).toEqual([
      'Running',
      'fp-default',
    ]);
  });

  it('while pods race to be made, leaves none of its own behind', async () => {
    await createProfile('a-prod', 'prod');
    await live();
    const racing = Array.from({ length: 10 }, (_, at) => makePod(`p${at}`));
    await Promise.all([...racing, deleteProfile('a-prod')]);
    await live();
    await live();
    const { items } = (await world.kube.send('GET', PROD)).body;
    for (const { metadata } of items) expect(metadata.labels['eks.amazonaws.com/fargate-profile']).toBe('fp-default');
  });
});

describe('a pod that Fargate cannot run, or has no room for', () => {
  it('is explained by the words of the refusal', async () => {
    await makePod('host', { hostNetwork: true });
    await live();
    expect(await explained('host')).toMatchObject({
      phase: 'Pending',
      admission: { kind: 'refused', profile: 'fp-default', message: expect.stringContaining('HostNetwork') },
    });
  });

  it('is explained by its placement, machine by machine', async () => {
    await makePod('huge', { containers: [{ name: 'a', image: 'nginx', resources: { requests: { cpu: '8' } } }] });
    await live();
    expect(await explained('huge')).toMatchObject({
      admitted: { profile: 'fp-default', capacityProvisioned: '8vCPU 16GB' },
      task: { state: 'waiting', placement: { considered: 1, rejections: [{ reason: 'RESOURCE:CPU' }] } },
    });
  });

  it('that is not there, is not explained', async () => {
    await expect(explained('nope')).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });
});
