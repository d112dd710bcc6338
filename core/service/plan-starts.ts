import type { DeploymentSpec } from '../model/service.ts';
import type { ServiceAction } from './service-plan.ts';
import type { PlacedSlot } from './slots.ts';

/** Fills free slots from the lowest index. A slot that backs off after a failure keeps its place in the count. */
export function planStarts(
  service: { readonly desiredCount: number; readonly deployment: Pick<DeploymentSpec, 'id'> },
  primary: readonly PlacedSlot[],
  good: number,
  leaving: number,
  maximum: number,
  now: number,
): readonly ServiceAction[] {
  const waiting = primary.filter((slot) => slot.phase === 'empty' && (slot.notBefore ?? 0) > now);
  const missing = service.desiredCount - good - waiting.length;
  const count = Math.max(0, Math.min(missing, maximum - good - leaving));
  const used = new Map(primary.map((slot) => [slot.index, slot]));
  const starts: ServiceAction[] = [];
  for (let index = 0; starts.length < count; index += 1) {
    const slot = used.get(index);
    if (slot && (slot.phase !== 'empty' || (slot.notBefore ?? 0) > now)) continue;
    starts.push({ kind: 'start', deployment: service.deployment.id, index, epoch: (slot?.epoch ?? 0) + 1 });
  }
  return starts;
}
