import type { KubeObject, ObjectMeta } from '#core/kube/object.ts';
import type { FargateProfile } from '#core/model/fargate-profile.ts';

/** A pod of one container; `spec` goes over its spec, `metadata` over its metadata. */
export const aPod = (spec: object = {}, metadata: Partial<ObjectMeta> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: '00000000-0000-4000-8000-000000000001',
    resourceVersion: '1',
    creationTimestamp: '2026-11-21T00:00:00Z',
    ...metadata,
  },
  spec: { containers: [{ name: 'web', image: 'nginx' }], ...spec },
});

/** A container that asks for so much, as text. */
export const asking = (name: string, cpu?: string, memory?: string, more: object = {}): object => ({
  name,
  image: 'nginx',
  resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } },
  ...more,
});

/** An ACTIVE profile with one selector for everything unless told otherwise. */
export const aProfile = (name: string, changes: Partial<FargateProfile> = {}): FargateProfile => ({
  cluster: 'default',
  name,
  id: `id-of-${name}`,
  status: 'ACTIVE',
  selectors: [{ namespace: '*', labels: {} }],
  podExecutionRoleArn: 'arn:aws:iam::000000000000:role/pods',
  subnets: [],
  tags: [],
  createdAt: 0,
  ...changes,
});
