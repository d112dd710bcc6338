import type {
  BellMessage,
  HeartbeatRequest,
  HeartbeatResponse,
  RegisterRequest,
  RegisterResponse,
} from '#events/agent-wire.ts';
import type { ClaimRequest, ClaimResponse, ExchangeRequest, ExchangeResponse } from '#events/session-wire.ts';
import type { Credential } from './token.ts';

/** Ways a call can end without an answer. All are expected; none stops a container. */
export type CallFailure =
  /** Network, 5xx, throttling, an unreadable answer: try again later. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** 401: the signature is not accepted, perhaps because a clock is off. */
  | { readonly kind: 'unauthenticated'; readonly message: string }
  /** 403: the join token, or the identity as a whole, is not accepted. */
  | { readonly kind: 'denied'; readonly message: string }
  /** 410: the control plane does not know this instance. */
  | { readonly kind: 'unknown-instance'; readonly message: string }
  /** 409, rule R12: a newer life of this identity exists. */
  | { readonly kind: 'taken-over'; readonly message: string }
  /** Any other 4xx: the request is not understood, or this is no agent API. */
  | { readonly kind: 'refused'; readonly message: string };

export type CallOutcome<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | CallFailure;

/** The control plane as an agent sees it. Calls never reject. */
export interface ControlPlane {
  register(request: RegisterRequest, credential: Credential): Promise<CallOutcome<RegisterResponse>>;
  heartbeat(request: HeartbeatRequest, credential: Credential): Promise<CallOutcome<HeartbeatResponse>>;
  /** Waits on the agent's channel until a bell rings or the long poll ends; an aborted wait answers no messages. */
  listen(credential: Credential, signal: AbortSignal): Promise<CallOutcome<readonly BellMessage[]>>;
}

/** Sessions in containers, such as commands run there, as an agent sees them. Calls never reject. */
export interface SessionWire {
  claim(request: ClaimRequest, credential: Credential): Promise<CallOutcome<ClaimResponse>>;
  exchange(request: ExchangeRequest, credential: Credential): Promise<CallOutcome<ExchangeResponse>>;
}
