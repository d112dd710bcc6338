import type { Service } from '#core/model/service.ts';
import type { AnyService } from '#core/model/task-set.ts';

/** The service as one with a deployment of its own; throws for one with task sets. */
export function deployed(service: AnyService): Service {
  if (service.scheduler === 'task-sets') throw new Error(`service ${service.name} has task sets`);
  return service;
}
