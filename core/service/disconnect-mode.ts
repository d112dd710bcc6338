import { Fault } from '../fault.ts';
import type { Tag } from '../model/tag.ts';

/**
 * What happens to a service's tasks on a machine that lost the control plane.
 * available: they keep running, and are replaced once the machine is given up. fenced: they are stopped before that, so
 * that never two of a slot run (S2).
 */
export const DISCONNECT_MODE_TAG = 'berth:disconnect-mode';
const MODES = ['available', 'fenced'];

const modeOf = (tags: readonly Tag[]): string | undefined => tags.find(({ key }) => key === DISCONNECT_MODE_TAG)?.value;

/** Whether tasks started for a service with these tags are fenced. */
export const isFenced = (tags: readonly Tag[]): boolean => modeOf(tags) === 'fenced';

/** Throws InvalidParameter when a service's tags name a mode there is not: a typing error must not cost the fence. */
export function requireDisconnectMode(tags: readonly Tag[]): void {
  const mode = modeOf(tags);
  if (mode === undefined || MODES.includes(mode)) return;
  throw new Fault(
    'InvalidParameter',
    `The tag ${DISCONNECT_MODE_TAG} has the value '${mode}'; it must be 'available' or 'fenced'.`,
  );
}
