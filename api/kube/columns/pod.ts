import type { KubeObject } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { AGE, isCondition, listAt, NAME, NONE, specOf, statusOf, textAt, wide } from './common.ts';
import { podSummary, restartsText } from './pod-summary.ts';

const toldOf =
  (member: string) =>
  (pod: KubeObject): string =>
    textAt(statusOf(pod)[member]);

export const podColumns: readonly Column[] = [
  NAME,
  {
    name: 'Ready',
    description: 'Containers that are ready, of all.',
    value: (pod) => {
      const { ready, total } = podSummary(pod);
      return `${ready}/${total}`;
    },
  },
  { name: 'Status', description: 'What the pod does, or why it does not.', value: (pod) => podSummary(pod).reason },
  {
    name: 'Restarts',
    description: 'How often its containers were started again, and when last.',
    value: (pod, now) => restartsText(podSummary(pod), now),
  },
  AGE,
  wide({ name: 'IP', description: 'Address of the pod.', value: toldOf('podIP') }),
  wide({ name: 'Node', description: 'Node the pod runs on.', value: (pod) => textAt(specOf(pod)['nodeName']) }),
  wide({ name: 'Nominated Node', description: 'Node that is made free for it.', value: toldOf('nominatedNodeName') }),
  wide({ name: 'Readiness Gates', description: 'Conditions it waits for, and those that hold.', value: gates }),
];

function gates(pod: KubeObject): string {
  const types = listAt(specOf(pod)['readinessGates']).map(({ conditionType }) => textAt(conditionType, ''));
  if (types.length === 0) return NONE;
  return `${types.filter((type) => isCondition(pod, type)).length}/${types.length}`;
}
