import type { KubeObject } from '#core/kube/object.ts';
import { objectAt } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { AGE, conditionOf, listAt, NAME, NONE, specOf, statusOf, textAt, wide } from './common.ts';

const ROLE_LABEL = 'node-role.kubernetes.io/';

const nodeInfo =
  (member: string, otherwise?: string) =>
  (node: KubeObject): string =>
    textAt(objectAt(statusOf(node)['nodeInfo'])[member], otherwise);

const addressOf =
  (type: string) =>
  (node: KubeObject): string =>
    textAt(listAt(statusOf(node)['addresses']).find((address) => address['type'] === type)?.['address']);

export const nodeColumns: readonly Column[] = [
  NAME,
  { name: 'Status', description: 'Whether it takes and runs pods.', value: nodeStatus },
  { name: 'Roles', description: 'What it is for.', value: roles },
  AGE,
  { name: 'Version', description: 'Version of what runs its pods.', value: nodeInfo('kubeletVersion', '') },
  wide({ name: 'Internal-IP', description: 'Address inside of the cluster.', value: addressOf('InternalIP') }),
  wide({ name: 'External-IP', description: 'Address outside of the cluster.', value: addressOf('ExternalIP') }),
  wide({ name: 'OS-Image', description: 'Operating system.', value: nodeInfo('osImage', '<unknown>') }),
  wide({ name: 'Kernel-Version', description: 'Its kernel.', value: nodeInfo('kernelVersion', '<unknown>') }),
  wide({
    name: 'Container-Runtime',
    description: 'What its containers run in.',
    value: nodeInfo('containerRuntimeVersion', '<unknown>'),
  }),
];

function nodeStatus(node: KubeObject): string {
  const ready = conditionOf(node, 'Ready');
  const state = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return specOf(node)['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
}

function roles({ metadata: { labels = {} } }: KubeObject): string {
  const named = Object.keys(labels)
    .filter((label) => label.startsWith(ROLE_LABEL) && label.length > ROLE_LABEL.length)
    .map((label) => label.slice(ROLE_LABEL.length));
  return named.length === 0 ? NONE : named.toSorted().join(',');
}
