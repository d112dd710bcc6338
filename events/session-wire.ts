import type { InputPiece, OutputPiece, SessionEnd, SessionOrder } from '#core/model/session.ts';

export type { InputPiece, OutputPiece, SessionEnd, SessionOrder } from '#core/model/session.ts';

/** POST /agent/v1/sessions/claim, signed: the agent takes a session up. It gets each one once. */
export interface ClaimRequest {
  readonly protocol: number;
  readonly agentEpoch: number;
  readonly sessionId: string;
}

export interface ClaimResponse {
  readonly sessionId: string;
  readonly taskId: string;
  readonly epoch: number;
  readonly container: string;
  readonly order: SessionOrder;
}

/** POST /agent/v1/sessions/exchange, signed: output goes in, input comes out. A repeated one changes nothing. */
export interface ExchangeRequest {
  readonly protocol: number;
  readonly agentEpoch: number;
  readonly sessionId: string;
  /** Number of the next piece of input; everything before it may be forgotten. */
  readonly nextInput: number;
  /** What the server has not accepted yet, oldest first. */
  readonly output: readonly OutputPiece[];
  /** The container is done; sent once all output was accepted. */
  readonly end?: SessionEnd;
}

export interface ExchangeResponse {
  /** closed: end whatever runs and ask no more. */
  readonly state: 'open' | 'closed';
  /** Number of the next piece of output: everything before it is the server's. */
  readonly nextOutput: number;
  /** From `nextInput` on, without a gap. */
  readonly input: readonly InputPiece[];
}
