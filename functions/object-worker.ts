import { reconcileObjects } from '#control/kube/reconcile-objects.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { worker } from './lib/worker.ts';

/** Queue of object work: bring each named object of the Kubernetes face closer to what it should be. */
export const createHandler = (deps: FunctionDependencies) =>
  worker(deps, 'object', (work) => reconcileObjects(deps, work));

export const handler = lazily(createHandler);
