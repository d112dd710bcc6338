import middy from '@middy/core';
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { type AgentAuthenticator, createAgentAuthenticator } from '#api/agent/authenticate.ts';
import { Fault } from '#core/fault.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { requestLog } from './lib/request-log.ts';

type Verdict = APIGatewaySimpleAuthorizerWithContextResult<{ queueUrl: string; instanceId: string }>;

/** GET /agent/v1/channel: an agent may wait on its own channel and on no other. */
export const createHandler = (deps: FunctionDependencies) => {
  // The gateway remembers verdicts; what they are made from must not be old already (X8).
  const agents = createAgentAuthenticator(deps, { cacheMs: 0 });
  return middy<APIGatewayRequestAuthorizerEventV2, Verdict>(async (event: APIGatewayRequestAuthorizerEventV2) =>
    judge(deps, agents, event.headers?.['authorization']),
  ).use(requestLog(deps));
};

async function judge(deps: FunctionDependencies, agents: AgentAuthenticator, token?: string): Promise<Verdict> {
  try {
    const { instanceId } = await agents.poll(token);
    return { isAuthorized: true, context: { queueUrl: deps.channelAddress(instanceId), instanceId } };
  } catch (error) {
    // A store that cannot answer is no verdict: the gateway must say 500, or agents would think they were expelled.
    if (!(error instanceof Fault) || error.code === 'Unavailable') throw error;
    deps.log.info('channel refused', { code: error.code, message: error.message });
    return { isAuthorized: false, context: { queueUrl: '', instanceId: '' } };
  }
}

export const handler = lazily(createHandler);
