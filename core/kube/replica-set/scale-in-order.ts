import type { Json } from '../../json.ts';
import { type KubeObject, objectAt, timeOf } from '../object.ts';
import { phaseOf, readySince, restartsOf } from '../workload/pod-standing.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** How dear a pod's phase is: what has not begun goes first. */
const PHASES: readonly string[] = ['Pending', 'Unknown', 'Running'];

/** Numbers by which pods are compared, first to last; the smaller goes first. */
type Rank = readonly number[];

/**
 * Pods in the order they go when there are too many (Kubernetes: ReplicaSet, order of scale-in): without a node, pending, not
 * ready, cheap by the annotation pod-deletion-cost, beside others on a node, ready for a short time, often restarted, new. Names decide among equals, so
 * that all who plan choose the same.
 */
export function scaleInOrder(pods: readonly KubeObject[]): readonly KubeObject[] {
  const onNode = new Map<string, number>();
  for (const pod of pods) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1);
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod, onNode) }))
    .sort((a, b) => compare(a.rank, b.rank) || (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1))
    .map(({ pod }) => pod);
}

const nodeOf = (pod: KubeObject): string => {
  const { nodeName } = objectAt(pod['spec'] as Json);
  return typeof nodeName === 'string' ? nodeName : '';
};

function rankOf(pod: KubeObject, onNode: ReadonlyMap<string, number>): Rank {
  const node = nodeOf(pod);
  const ready = readySince(pod);
  return [
    node === '' ? 0 : 1,
    PHASES.indexOf(phaseOf(pod)),
    ready === undefined ? 0 : 1,
    deletionCost(pod),
    node === '' ? 0 : -(onNode.get(node) ?? 0),
    ready === undefined ? 0 : -ready,
    -restartsOf(pod),
    -timeOf(pod.metadata.creationTimestamp),
  ];
}

function compare(a: Rank, b: Rank): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function deletionCost({ metadata }: KubeObject): number {
  const text = metadata.annotations?.[DELETION_COST] ?? '';
  return /^[+-]?\d{1,10}$/.test(text) ? Number(text) : 0;
}
