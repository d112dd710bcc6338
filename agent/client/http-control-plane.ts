import type { BellMessage, HeartbeatResponse, RegisterResponse } from '#events/agent-wire.ts';
import type { ClaimResponse, ExchangeResponse } from '#events/session-wire.ts';
import { type AgentClock, messageOf } from '../ports.ts';
import { readBells } from './bell-answer.ts';
import type { CallFailure, CallOutcome, ControlPlane, SessionWire } from './control-plane.ts';
import type { HttpAnswer, HttpExchange } from './http-exchange.ts';
import { type Credential, signToken } from './token.ts';

/** Longer than a cold start takes, and so short that a lease outlives one call that nobody answers (RENEW_BELOW). */
export const CALL_TIMEOUT_MS = 7_000;
/** The server holds a poll for 20 s at most; the rest is for the network. */
const POLL_TIMEOUT_MS = 30_000;
/** A poll token lives 60 s and stays the same for 50, so that an authorizer may cache its verdict. */
const POLL_TOKEN_MS = 50_000;

/** The agent's HTTP wire: signed POSTs and a long poll under `<endpoint>/agent/v1/`. */
export function httpControlPlane(
  endpoint: string,
  exchange: HttpExchange,
  clock: AgentClock,
): ControlPlane & SessionWire {
  const pollToken = cachedPollToken(clock);
  const at = (path: string): URL => new URL(`${endpoint.replace(/\/+$/, '')}/agent/v1/${path}`);
  /** Where the control plane wants heartbeats, and where the next one goes. */
  let toldUrl = at('heartbeat');
  let heartbeatUrl = toldUrl;

  async function post<Answer>(
    url: URL,
    payload: unknown,
    credential: Credential,
    isAnswer: (value: unknown) => value is Answer,
  ): Promise<CallOutcome<Answer>> {
    try {
      const body = JSON.stringify(payload);
      const headers = { authorization: `Bearer ${await signToken(credential, clock.now(), body)}` };
      const answer = await exchange({ method: 'POST', url, headers, body, timeoutMs: CALL_TIMEOUT_MS });
      const failure = failureOf(answer);
      if (failure) return failure;
      const value: unknown = JSON.parse(answer.body);
      return isAnswer(value) ? { kind: 'answered', answer: value } : unavailable('the answer has an unknown shape');
    } catch (error) {
      return unavailable(messageOf(error));
    }
  }

  async function listen(credential: Credential, signal: AbortSignal): Promise<CallOutcome<readonly BellMessage[]>> {
    try {
      const headers = { authorization: `Bearer ${await pollToken(credential)}`, accept: 'application/json' };
      const url = at(`channel?instance=${encodeURIComponent(credential.instanceId)}`);
      const answer = await exchange({ method: 'GET', url, headers, timeoutMs: POLL_TIMEOUT_MS, signal });
      return failureOf(answer) ?? { kind: 'answered', answer: readBells(answer.body) };
    } catch (error) {
      return signal.aborted ? { kind: 'answered', answer: [] } : unavailable(messageOf(error));
    }
  }

  return {
    register: async (request, credential) => {
      const outcome = await post(at('register'), request, credential, isRegistered);
      if (outcome.kind === 'answered') {
        toldUrl = new URL(outcome.answer.heartbeatUrl ?? at('heartbeat'));
        heartbeatUrl = toldUrl;
      }
      return outcome;
    },
    heartbeat: async (request, credential) => {
      const outcome = await post(heartbeatUrl, request, credential, isHeartbeat);
      // Behind a proxy or a tunnel the address it was told may be out of reach, while the one it was given is not.
      if (outcome.kind !== 'answered') heartbeatUrl = heartbeatUrl === toldUrl ? at('heartbeat') : toldUrl;
      return outcome;
    },
    listen,
    claim: (request, credential) => post(at('sessions/claim'), request, credential, isClaimed),
    exchange: (request, credential) => post(at('sessions/exchange'), request, credential, isExchanged),
  };
}

function failureOf({ status, body }: HttpAnswer): CallFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const message = `${status} ${body.slice(0, 300)}`;
  if (status === 401) return { kind: 'unauthenticated', message };
  if (status === 403) return { kind: 'denied', message };
  if (status === 410) return { kind: 'unknown-instance', message };
  if (status === 409) return { kind: 'taken-over', message };
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'refused', message };
  return unavailable(message);
}

const unavailable = (message: string): CallFailure => ({ kind: 'unavailable', message });

function cachedPollToken(clock: AgentClock): (credential: Credential) => Promise<string> {
  let cached: { readonly token: string; readonly credential: Credential; readonly signedAt: number } | undefined;
  return async (credential) => {
    const now = clock.now();
    if (cached?.credential === credential && now >= cached.signedAt && now - cached.signedAt < POLL_TOKEN_MS) {
      return cached.token;
    }
    cached = { token: await signToken(credential, now), credential, signedAt: now };
    return cached.token;
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isRegistered = (value: unknown): value is RegisterResponse =>
  isRecord(value) &&
  typeof value.instanceId === 'string' &&
  typeof value.agentEpoch === 'number' &&
  typeof value.heartbeatMs === 'number' &&
  (value.heartbeatUrl === undefined || isWebAddress(value.heartbeatUrl));

const isWebAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^https?:/.test(URL.parse(value)?.protocol ?? '');

const isHeartbeat = (value: unknown): value is HeartbeatResponse =>
  isRecord(value) &&
  typeof value.agentEpoch === 'number' &&
  typeof value.sequence === 'number' &&
  typeof value.leaseExpiresInMs === 'number' &&
  typeof value.heartbeatMs === 'number' &&
  Array.isArray(value.acknowledged) &&
  Array.isArray(value.stop);

const isClaimed = (value: unknown): value is ClaimResponse =>
  isRecord(value) &&
  typeof value.taskId === 'string' &&
  typeof value.epoch === 'number' &&
  typeof value.container === 'string' &&
  isRecord(value.order);

const isExchanged = (value: unknown): value is ExchangeResponse =>
  isRecord(value) &&
  (value.state === 'open' || value.state === 'closed') &&
  typeof value.nextOutput === 'number' &&
  Array.isArray(value.input);
