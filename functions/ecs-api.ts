import { serveEcs } from '#api/ecs/serve.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { httpFunction } from './lib/http-function.ts';
import { lazily } from './lib/lazily.ts';

/** POST /: the ECS API. GET /events: its events. */
export const createHandler = (deps: FunctionDependencies) =>
  httpFunction(deps, (request) => serveEcs(deps, deps.accessKeys, request));

export const handler = lazily(createHandler);
