import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#core/kube/object.ts';
import { scaleInOrder } from '#core/kube/replica-set/scale-in-order.ts';

interface Shape {
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly created?: string;
}

const pod = (name: string, { node, phase = 'Running', ready, cost, restarts = 0, created }: Shape): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    uid: name,
    resourceVersion: '1',
    creationTimestamp: created ?? '2026-01-01T00:00:00Z',
    ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
  },
  spec: node === undefined ? {} : { nodeName: node },
  status: {
    phase,
    conditions: ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ready }],
    containerStatuses: [{ restartCount: restarts }],
  },
});

const well = { node: 'a', ready: '2026-01-01T00:01:00Z' };

describe('scale-in order', () => {
  it.each([
    ['without a node', { ...well, node: undefined } as unknown as Shape, well],
    ['pending', { ...well, phase: 'Pending' }, { ...well, phase: 'Unknown' }],
    ['of unknown phase', { ...well, phase: 'Unknown' }, well],
    ['not ready', { node: 'b' }, well],
    ['cheaper', { ...well, cost: '-5' }, well],
    ['ready for a shorter time', { ...well, ready: '2026-01-01T00:02:00Z' }, well],
    ['restarted more often', { ...well, restarts: 3 }, well],
    ['newer', { ...well, created: '2026-01-01T00:00:30Z' }, well],
  ])('a pod that is %s, goes first', (_what, first, second) => {
    const pods = [pod('a-second', second), pod('b-first', first)];
    expect(scaleInOrder(pods).map(({ metadata }) => metadata.name)).toEqual(['b-first', 'a-second']);
  });

  it('a pod beside others on its node, goes before one that is alone', () => {
    const pods = [pod('alone', { ...well, node: 'b' }), pod('beside', well), pod('other', well)];
    expect(scaleInOrder(pods).at(-1)?.metadata.name).toBe('alone');
  });

  it('pods that nothing tells apart, go in the order of their names whoever asks', () => {
    const pods = ['c', 'a', 'b'].map((name) => pod(name, well));
    expect(scaleInOrder(pods).map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
  });
});
