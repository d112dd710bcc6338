import type { Service, SlotRecord } from '../model/service.ts';
import type { Slot, StopCause } from '../model/task.ts';

/** Why a service stops a task; ECS has the same words for all of them. */
export function stopCause(service: Service, slot: Slot | undefined, record: SlotRecord | undefined): StopCause {
  if (service.status !== 'ACTIVE') return 'deletion';
  if (slot?.deployment !== service.deployment.id) return 'deployment';
  return record?.leaving ? 'drain' : 'scale-in';
}
