import type {
  BellMessage,
  HeartbeatRequest,
  HeartbeatResponse,
  RegisterRequest,
  RegisterResponse,
} from '#events/agent-wire.ts';
import type { Credential } from './token.ts';

/** Ways a call can end without an answer. All are expected; none stops a container. */
export type CallFailure =
  /** Network, 5xx, throttling, an unreadable answer: try again later. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** 401 or 403: the key or the join token is not accepted. */
  | { readonly kind: 'denied'; readonly message: string }
  /** 404 or 410: the control plane does not know this instance. */
  | { readonly kind: 'unknown-instance'; readonly message: string }
  /** 409, rule R12: a newer life of this identity exists. */
  | { readonly kind: 'taken-over'; readonly message: string }
  /** Any other 4xx: this version of the agent will never be understood. */
  | { readonly kind: 'refused'; readonly message: string };

export type CallOutcome<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | CallFailure;

/** The control plane as an agent sees it. Calls never reject. */
export interface ControlPlane {
  register(request: RegisterRequest, credential: Credential): Promise<CallOutcome<RegisterResponse>>;
  heartbeat(request: HeartbeatRequest, credential: Credential): Promise<CallOutcome<HeartbeatResponse>>;
  /** Waits on the agent's channel until a bell rings or the long poll ends; an aborted wait answers no messages. */
  listen(credential: Credential, signal: AbortSignal): Promise<CallOutcome<readonly BellMessage[]>>;
}
