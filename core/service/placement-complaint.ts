import type { RejectionReason, Unplaced } from '../model/placement.ts';

/** Says in one sentence why tasks wait for a machine; undefined when none does. */
export function placementComplaint(unplaced: readonly Unplaced[]): string | undefined {
  const [first] = unplaced;
  if (!first) return undefined;
  const reason = first.considered === 0 ? 'No Container Instances were found in your cluster' : rejectionText(first);
  return `no container instance met all of its requirements. Reason: ${reason}`;
}

/** "RESOURCE:CPU on 2 of 3 instances, ..." with the commonest reason first. */
export function rejectionText(why: Unplaced): string {
  const counts = Object.entries(why.rejected) as [RejectionReason, number][];
  return counts
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} on ${count} of ${why.considered}`)
    .join(', ');
}
