import { setTimeout as rest } from 'node:timers/promises';
import { reconcileObjects } from '#control/kube/reconcile-objects.ts';
import { encodeWorkItem } from '#events/work-item.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { sharedRuns } from './lib/shared-runs.ts';
import { worker } from './lib/worker.ts';

/** Queue of object work: bring each named object of the Kubernetes face closer to what it should be. */
export const createHandler = (deps: FunctionDependencies) => {
  const runs = sharedRuns(deps.clock, rest);
  return worker(deps, 'object', (work) =>
    reconcileObjects(deps, work, (one, run) => runs.run(encodeWorkItem(one), run)),
  );
};

export const handler = lazily(createHandler);
