import { createAgentAuthenticator } from '#api/agent/authenticate.ts';
import { serveAgent } from '#api/agent/serve-agent.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { httpFunction } from './lib/http-function.ts';
import { lazily } from './lib/lazily.ts';
import { operatorAuthentication } from './lib/operator-authentication.ts';

/** POST /agent/v1/*: registration of agents, which learn where their heartbeats go, and join tokens for operators. */
export const createHandler = (deps: FunctionDependencies) => {
  const { heartbeatUrl } = deps;
  const agents = createAgentAuthenticator(deps);
  const server = { deps, agents, operators: operatorAuthentication(deps), ...(heartbeatUrl && { heartbeatUrl }) };
  return httpFunction(deps, (request) => serveAgent(server, request));
};

export const handler = lazily(createHandler);
