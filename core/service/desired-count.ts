import type { ServiceState } from '../model/service.ts';
import type { AnyService } from '../model/task-set.ts';

/** How many tasks a service should run. A daemon's count follows its machines, so the worker says it, not the intent. */
export const desiredCountOf = (service: AnyService, state: ServiceState | undefined): number =>
  service.scheduler === 'daemons' && service.status === 'ACTIVE' ? (state?.desiredCount ?? 0) : service.desiredCount;
