import type { ServiceAction } from './service-plan.ts';
import type { PlacedSlot } from './slots.ts';

interface StartQuestion {
  readonly deployment: string;
  /** Those of all deployments. */
  readonly slots: readonly PlacedSlot[];
  /** Instances that shall have a task. */
  readonly ready: readonly string[];
  readonly now: number;
}

interface DaemonStarts {
  readonly starts: readonly ServiceAction[];
  /** Rule R16: when the first machine whose task failed may have its next one. */
  readonly retryAt: number | undefined;
}

/**
 * A task for each instance that has none. An instance takes up the slot it had, whose failures are its own, or one that
 * belonged to an instance which needs none any more, or the next new one.
 */
export function planDaemonStarts({ deployment, slots, ready, now }: StartQuestion): DaemonStarts {
  const occupied = new Set(slots.flatMap(({ phase, pinnedTo }) => (phase === 'empty' ? [] : [pinnedTo])));
  const own = slots.filter((slot) => slot.deployment === deployment);
  const empty = own.filter(({ phase }) => phase === 'empty');
  const mine = new Map(empty.map((slot) => [slot.pinnedTo, slot]));
  const wanting = new Set(ready);
  const left = empty.filter(({ pinnedTo = '' }) => !wanting.has(pinnedTo));
  const fresh = unusedIndexes(own);
  const starts: ServiceAction[] = [];
  let retryAt: number | undefined;
  for (const pinnedTo of ready) {
    if (occupied.has(pinnedTo)) continue;
    const kept = mine.get(pinnedTo);
    if (kept?.notBefore !== undefined && kept.notBefore > now) {
      retryAt = Math.min(kept.notBefore, retryAt ?? kept.notBefore);
      continue;
    }
    const { index, epoch } = kept ?? left.pop() ?? { index: fresh.next().value, epoch: 0 };
    starts.push({ kind: 'start', deployment, index, epoch: epoch + 1, pinnedTo });
  }
  return { starts, retryAt };
}

function* unusedIndexes(slots: readonly PlacedSlot[]): Generator<number, never> {
  const used = new Set(slots.map(({ index }) => index));
  for (let index = 0; ; index += 1) if (!used.has(index)) yield index;
}
