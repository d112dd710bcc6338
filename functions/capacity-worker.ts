import { reconcileCapacity } from '#control/capacity/reconcile-capacity.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { worker } from './lib/worker.ts';

/** Queue of capacity work: launch the machines a cluster lacks, recycle those it no longer needs. */
export const createHandler = (deps: FunctionDependencies) =>
  worker(deps, 'capacity', ({ cluster }) => reconcileCapacity(deps, cluster));

export const handler = lazily(createHandler);
