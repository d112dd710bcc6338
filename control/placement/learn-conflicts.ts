import type { Dependencies } from '../dependencies.ts';
import type { WriteConflict } from '../ports.ts';
import { asRecord, reservations } from '../records.ts';

/** Takes the reservations that stood in the way into the fleet's memory, so that the next try sees them. */
export function learnConflicts(deps: Pick<Dependencies, 'fleet'>, conflicts: readonly WriteConflict[]): void {
  for (const { current } of conflicts) {
    if (current?.kind !== reservations.kind) continue;
    const { value, version } = asRecord(reservations, current);
    deps.fleet.learn(value, version);
  }
}
