import { seedFargate } from '#control/eks/seed-fargate.ts';
import { podTaskId } from '#control/kube/pod/pod-task.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { KubeObject } from '#core/kube/object.ts';
import type { FlowAgent } from './flow-agent.ts';
import { type KubeReply, type KubeWorld, kubeWorld } from './kube-world.ts';

export const PODS = '/api/v1/namespaces/default/pods';

/** The Kubernetes face with a profile for every namespace and one machine. */
export interface PodWorld extends KubeWorld {
  readonly agent: FlowAgent;
  /** Makes a pod and lets everything that follows happen. */
  run(name: string, spec?: object, metadata?: object): Promise<KubeReply['body']>;
  pod(name: string): Promise<KubeReply['body']>;
  /** Kubernetes answers 404. */
  isGone(name: string): Promise<boolean>;
  taskOf(pod: KubeObject): Promise<KubeReply['body']>;
  nodes(): Promise<readonly KubeReply['body'][]>;
  /** `reason: message` of each event about the pod, oldest first. */
  events(name: string): Promise<readonly string[]>;
}

export async function podWorld(size = { cpu: 4_096, memory: 8_192 }): Promise<PodWorld> {
  const kube = await kubeWorld();
  const { world, send } = kube;
  await seedFargate(world.deps, 'default');
  const agent = await world.agent('m1', size);
  await world.converge();
  const pod = async (name: string) => (await send('GET', `${PODS}/${name}`)).body;
  return {
    ...kube,
    agent,
    pod,
    run: async (name, spec = {}, metadata = {}) => {
      const made = await send('POST', PODS, aManifest(name, spec, metadata));
      if (made.status !== 201) throw new Error(`pod ${name}: ${JSON.stringify(made.body)}`);
      await world.converge();
      return pod(name);
    },
    isGone: async (name) => (await send('GET', `${PODS}/${name}`)).status === 404,
    taskOf: async (one) => (await describeTasks(world.deps, 'default', [podTaskId(world.deps, 'default', one)]))[0],
    nodes: async () => (await send('GET', '/api/v1/nodes')).body.items,
    events: async (name) => {
      const selector = encodeURIComponent(`involvedObject.name=${name}`);
      const { body } = await send('GET', `/api/v1/namespaces/default/events?fieldSelector=${selector}`);
      return body.items.map(({ reason, message }: { reason: string; message: string }) => `${reason}: ${message}`);
    },
  };
}

export const aManifest = (name: string, spec: object = {}, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'web', image: 'nginx' }], ...spec },
});
