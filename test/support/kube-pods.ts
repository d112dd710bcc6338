import type { KubeReply, KubeWorld } from './kube-world.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** The part of a machine in tests of controllers: it says how pods are. */
export interface KubePods {
  list(selector?: string): Promise<readonly KubeReply['body'][]>;
  /** Names of the pods that are not going, in order. */
  names(selector?: string): Promise<readonly string[]>;
  say(name: string, status: object): Promise<void>;
  ready(name: string): Promise<void>;
  fail(name: string): Promise<void>;
  succeed(name: string): Promise<void>;
  /** Every pending pod becomes ready and the world settles, until nothing more comes of it. */
  allReady(selector?: string): Promise<void>;
}

export function kubePods(kube: KubeWorld, namespace = 'default'): KubePods {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const at = (): string => new Date(kube.world.clock.now()).toISOString();
  const list: KubePods['list'] = async (selector = '') =>
    (await kube.send('GET', `${path}?labelSelector=${encodeURIComponent(selector)}`)).body.items;
  const say: KubePods['say'] = async (name, status) => {
    const answer = await kube.send('PATCH', `${path}/${name}/status`, { status }, MERGE);
    if (answer.status !== 200) throw new Error(`status of ${name}: ${JSON.stringify(answer.body)}`);
  };
  const ready: KubePods['ready'] = (name) =>
    say(name, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at() }] });
  const ended = (phase: string) => (name: string) =>
    say(name, {
      phase,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at() }],
      containerStatuses: [{ name: 'main', restartCount: 0, state: { terminated: { finishedAt: at() } } }],
    });
  return {
    list,
    say,
    ready,
    fail: ended('Failed'),
    succeed: ended('Succeeded'),
    names: async (selector) =>
      (await list(selector))
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .map(({ metadata }) => metadata.name),
    async allReady(selector) {
      for (let round = 0; round < 100; round += 1) {
        await kube.world.settle();
        const pending = (await list(selector)).filter(
          ({ metadata, status }) =>
            metadata.deletionTimestamp === undefined && (status?.phase === undefined || status.phase === 'Pending'),
        );
        if (pending.length === 0) return;
        for (const { metadata } of pending) await ready(metadata.name);
      }
      throw new Error('pods go on being made');
    },
  };
}
