import { describe, expect, it } from 'vitest';
import type { Json } from '#core/json.ts';
import { admitPod } from '#core/profile/admit-pod.ts';
import { podsOfManifests } from '#core/profile/pods-of-manifest.ts';
import { aProfile } from '#test/support/a-pod.ts';

const TEMPLATE = {
  metadata: { labels: { app: 'web' }, annotations: { note: 'x' } },
  spec: { containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] },
};
const of = (...manifests: Json[]) => podsOfManifests(manifests, 'here');
const profiles = [aProfile('web', { selectors: [{ namespace: 'here', labels: { app: 'web' } }] })];

describe('podsOfManifests', () => {
  it.each<[string, Json]>([
    ['ReplicationController', { spec: { template: TEMPLATE } }],
    ['ReplicaSet', { spec: { template: TEMPLATE } }],
    ['Deployment', { spec: { template: TEMPLATE } }],
    ['StatefulSet', { spec: { template: TEMPLATE } }],
    ['Job', { spec: { template: TEMPLATE } }],
    ['CronJob', { spec: { jobTemplate: { spec: { template: TEMPLATE } } } }],
    ['PodTemplate', { template: TEMPLATE }],
  ])('of a %s, is the pod of its template', (kind, members) => {
    const { makers } = of({ kind, apiVersion: 'v1', metadata: { name: 'one' }, ...(members as object) });
    expect(makers).toMatchObject([{ kind, name: 'one', namespace: 'here' }]);
    expect(makers[0]?.pod.metadata).toMatchObject({ name: 'one', namespace: 'here', ...TEMPLATE.metadata });
    expect(makers.map(({ pod }) => admitPod(pod, profiles))).toMatchObject([
      { kind: 'admitted', profile: 'web', capacityProvisioned: '1vCPU 2GB' },
    ]);
  });

  it('of a pod, is itself, in the namespace it names', () => {
    const { makers } = of({
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'there', ...TEMPLATE.metadata },
      spec: TEMPLATE.spec,
    });
    expect(makers).toMatchObject([{ kind: 'Pod', namespace: 'there', pod: { metadata: TEMPLATE.metadata } }]);
  });

  it('of a DaemonSet and of a claim of a StatefulSet, is a pod that Fargate refuses', () => {
    const claims = { volumeClaimTemplates: [{ metadata: { name: 'data' } }] };
    const { makers } = of(
      { kind: 'DaemonSet', metadata: { name: 'd' }, spec: { template: TEMPLATE } },
      { kind: 'StatefulSet', metadata: { name: 's' }, spec: { template: TEMPLATE, ...claims } },
    );
    expect(makers.map(({ pod }) => admitPod(pod, profiles))).toMatchObject([
      { kind: 'refused', message: 'Pod not supported on Fargate: DaemonSet not supported' },
      {
        kind: 'refused',
        message:
          'Pod not supported on Fargate: volumes not supported: data not supported because: PVC data-s-0 not bound',
      },
    ]);
  });

  it('of lists, looks into them; what makes no pods is named beside', () => {
    const pod = { kind: 'Pod', metadata: { name: 'p' }, spec: TEMPLATE.spec };
    const { makers, others } = of(
      { kind: 'List', items: [pod, { kind: 'Service', metadata: { name: 's' } }] },
      { kind: 'PodList', items: [pod] },
    );
    expect(makers.map(({ kind }) => kind)).toEqual(['Pod', 'Pod']);
    expect(others).toEqual([{ kind: 'Service', name: 's' }]);
  });

  it.each<[string, Json]>([
    ['no object', 'text'],
    ['an empty list', { kind: 'List' }],
    ['a list in a list', { kind: 'List', items: [{ kind: 'List', items: [{ kind: 'Pod' }] }] }],
  ])('of %s, is nothing', (_, manifest) => {
    expect(of(manifest).makers).toEqual([]);
  });

  it('of members that are not as they must be, leaves those out', () => {
    const odd = {
      kind: 'Pod',
      metadata: { name: 7, labels: { a: 1, b: 'c' } },
      spec: { containers: 'x', volumes: [1] },
    };
    expect(of(odd).makers).toMatchObject([
      { name: '', pod: { metadata: { labels: { b: 'c' } }, spec: { volumes: [] } } },
    ]);
  });
});
