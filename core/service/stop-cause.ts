import type { SlotRecord } from '../model/service.ts';
import type { Slot, StopCause } from '../model/task.ts';
import type { AnyService } from '../model/task-set.ts';
import { deploymentSpecs } from './task-sets.ts';

/** Why a service stops a task; ECS has the same words for all of them. */
export function stopCause(service: AnyService, slot: Slot | undefined, record: SlotRecord | undefined): StopCause {
  if (service.status !== 'ACTIVE') return 'deletion';
  if (deploymentSpecs(service).every(({ id }) => id !== slot?.deployment)) return 'deployment';
  return record?.leaving ? 'drain' : 'scale-in';
}
