import { createAgentAuthenticator } from '#api/agent/authenticate.ts';
import { HEARTBEAT_PATH, serveAgent } from '#api/agent/serve-agent.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { httpFunction } from './lib/http-function.ts';
import { lazily } from './lib/lazily.ts';
import { operatorAuthentication } from './lib/operator-authentication.ts';

/** Heartbeats of agents, at an address of its own. It has one operation, so the path of a request says nothing. */
export const createHandler = (deps: FunctionDependencies) => {
  const server = { deps, agents: createAgentAuthenticator(deps), operators: operatorAuthentication(deps) };
  return httpFunction(deps, (request) => serveAgent(server, { ...request, path: HEARTBEAT_PATH }));
};

export const handler = lazily(createHandler);
