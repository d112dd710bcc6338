import type { z } from 'zod';
import type { Dependencies } from '#control/dependencies.ts';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { createJoinToken } from '#control/instances/join-tokens.ts';
import { registerAgent } from '#control/instances/register-agent.ts';
import { claimSession } from '#control/sessions/claim-session.ts';
import { exchangeSession } from '#control/sessions/exchange-session.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import { deliver } from '../session/deliver.ts';
import { type AgentHttpRequest, type AgentHttpResponse, agentAnswer, MAX_AGENT_BODY_BYTES } from './agent-message.ts';
import type { AgentAuthenticator, AgentPrincipal } from './authenticate.ts';
import { AGENT_FAULT_STATUS } from './fault-table.ts';
import { claimRequest, exchangeRequest, heartbeatRequest, joinTokenRequest, registerRequest } from './requests.ts';

export const HEARTBEAT_PATH = '/agent/v1/heartbeat';

const ROUTES = {
  'POST /agent/v1/register': 'register',
  [`POST ${HEARTBEAT_PATH}`]: 'heartbeat',
  'POST /agent/v1/join-tokens': 'join-token',
  'POST /agent/v1/sessions/claim': 'claim',
  'POST /agent/v1/sessions/exchange': 'exchange',
} as const;

/** Proves that an operator signed the request. Faults: Unauthenticated, AccessDenied. */
export type AuthenticateOperator = (request: AgentHttpRequest) => Promise<void>;

export interface AgentServer {
  readonly deps: Dependencies;
  readonly agents: AgentAuthenticator;
  readonly operators: AuthenticateOperator;
  /** Where agents send their heartbeats; absent: here. */
  readonly heartbeatUrl?: string;
}

/** Answers one request of the agent wire. Faults become statuses here; anything else thrown is a bug of ours. */
export async function serveAgent(server: AgentServer, request: AgentHttpRequest): Promise<AgentHttpResponse> {
  try {
    const route = ROUTES[`${request.method} ${request.path}` as keyof typeof ROUTES];
    if (route === undefined) return agentAnswer(404, { code: 'NotFound', message: 'no such operation' });
    return agentAnswer(200, await answer(server, route, request));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    server.deps.log.info('agent request refused', { path: request.path, code: error.code, message: error.message });
    return agentAnswer(AGENT_FAULT_STATUS[error.code], { code: error.code, message: error.message });
  }
}

type Operation = (typeof ROUTES)[keyof typeof ROUTES];

async function answer(server: AgentServer, operation: Operation, request: AgentHttpRequest): Promise<unknown> {
  const { body } = request;
  if (Buffer.byteLength(body) > MAX_AGENT_BODY_BYTES) throw new Fault('InvalidParameter', 'the body is too large');
  const authorization = request.headers['authorization'];
  switch (operation) {
    case 'register': {
      const asked = parse(registerRequest, body);
      await server.agents.registration(authorization, body, asked);
      const { heartbeatUrl } = server;
      return { ...(await registerAgent(server.deps, asked)), ...(heartbeatUrl && { heartbeatUrl }) };
    }
    case 'heartbeat': {
      const { principal, asked } = await signed(server, heartbeatRequest, request);
      const { cluster, instanceId } = principal;
      // What one transaction cannot take stays unacknowledged, so the agent repeats it.
      const reports = asked.reports.slice(0, MAX_TASKS_PER_INSTANCE);
      return heartbeat(server.deps, { cluster, instanceId }, { ...asked, reports });
    }
    case 'join-token': {
      await server.operators(request);
      const { cluster, ...options } = parse(joinTokenRequest, body);
      return createJoinToken(server.deps, cluster, options);
    }
    case 'claim': {
      const { principal, asked } = await signed(server, claimRequest, request);
      const { sessionId, taskId, epoch, container, order } = await claimSession(
        server.deps,
        principal,
        asked.sessionId,
      );
      return { sessionId, taskId, epoch, container, order };
    }
    case 'exchange': {
      const { principal, asked } = await signed(server, exchangeRequest, request);
      const exchanged = await exchangeSession(server.deps, principal, asked);
      await deliver(server.deps, exchanged);
      return exchanged.answer;
    }
    default:
      return assertNever(operation);
  }
}

/** Who signed the body, and then what it says. Faults: as AgentAuthenticator's, InvalidParameter. */
async function signed<S extends z.ZodType<{ readonly agentEpoch: number }>>(
  server: AgentServer,
  schema: S,
  { headers, body }: AgentHttpRequest,
): Promise<{ readonly principal: AgentPrincipal; readonly asked: z.output<S> }> {
  const principal = await server.agents.request(headers['authorization'], body);
  const asked = parse(schema, body);
  if (asked.agentEpoch === principal.agentEpoch) return { principal, asked };
  throw new Fault('Unauthenticated', 'the body names another agent epoch');
}

function parse<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  const result = schema.safeParse(parseJson(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Fault('InvalidParameter', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`.slice(0, 300));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Fault('InvalidParameter', 'the body is not JSON', {}, { cause });
  }
}
