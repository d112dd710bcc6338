import { createAgentAuthenticator } from '#api/agent/authenticate.ts';
import { serveAgent } from '#api/agent/serve-agent.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { httpFunction } from './lib/http-function.ts';
import { lazily } from './lib/lazily.ts';
import { operatorAuthentication } from './lib/operator-authentication.ts';

/** POST /agent/v1/sessions/*: agents take sessions up and exchange their pieces, which go on to clients from here. */
export const createHandler = (deps: FunctionDependencies) => {
  const server = { deps, agents: createAgentAuthenticator(deps), operators: operatorAuthentication(deps) };
  return httpFunction(deps, (request) => serveAgent(server, request));
};

export const handler = lazily(createHandler);
