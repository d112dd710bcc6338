import type { Json } from '../../json.ts';
import { podSpec } from '../../profile/pod-containers.ts';
import { MIRROR_LABEL } from '../mirror/mirror-namespace.ts';
import { type KubeObject, objectAt, timeOf } from '../object.ts';
import { isTrue } from './status/conditions.ts';
import { isOver } from './status/pod-phase.ts';

/** Every pod that seems well is looked at once in so many turns of the sweep: the loss of an event about it is rare. */
const TURNS = 10;
const TURN_MS = 30_000;

/**
 * Whether the sweep has a pod looked at: one that is not ready or on its way out each time, one that is over never, one that is
 * well in its turn.
 */
export function isPodDue(pod: KubeObject, now: number): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return true;
  const status = objectAt(pod['status'] as Json);
  const isTurn = Math.floor(now / TURN_MS) % TURNS === turnOf(pod);
  // What shows a task of ECS goes when the task is forgotten, whatever becomes of the event about that.
  if (isOver(status['phase'])) return isTurn && pod.metadata.labels?.[MIRROR_LABEL] !== undefined;
  if (!isTrue(status['conditions'], 'Ready')) return true;
  const deadline = deadlineOf(pod);
  return (deadline !== undefined && deadline <= now) || isTurn;
}

/** The first digits of its uid are as good as drawn. */
const turnOf = ({ metadata }: KubeObject): number => Number.parseInt(metadata.uid.slice(0, 4), 16) % TURNS;

/** When the pod may be active no longer (epoch ms); undefined: for ever, or it has not started. */
export function deadlineOf(pod: KubeObject): number | undefined {
  const seconds = podSpec(pod)['activeDeadlineSeconds'];
  const start = objectAt(pod['status'] as Json)['startTime'];
  if (typeof seconds !== 'number' || typeof start !== 'string') return undefined;
  return timeOf(start) + seconds * 1_000;
}
