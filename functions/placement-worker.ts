import { placeTasks } from '#control/placement/place-tasks.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { worker } from './lib/worker.ts';

/** Queue of placement work: give each waiting task of a cluster a machine. */
export const createHandler = (deps: FunctionDependencies) =>
  worker(deps, 'placement', ({ cluster }) => placeTasks(deps, cluster));

export const handler = lazily(createHandler);
