import { reconcileService } from '#control/services/reconcile-service.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { worker } from './lib/worker.ts';

/** Queue of service work: bring each named service closer to what it should be. */
export const createHandler = (deps: FunctionDependencies) =>
  worker(deps, 'service', ({ cluster, service }) => reconcileService(deps, cluster, service));

export const handler = lazily(createHandler);
