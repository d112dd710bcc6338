/** What a session does in its container. */
export type SessionOrder = ExecOrder | LogsOrder;

export interface ExecOrder {
  readonly kind: 'exec';
  readonly command: readonly string[];
  /** With a terminal there is one stream of output, and input may say how large the terminal is. */
  readonly terminal: boolean;
}

export interface LogsOrder {
  readonly kind: 'logs';
  /** Goes on while the container runs. */
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Of the run before this one. */
  readonly previous: boolean;
  /** Newest lines to begin with; absent: all that is kept. */
  readonly tail?: number;
  /** Epoch ms; lines before it are left out. */
  readonly since?: number;
}

/** The client's half of a session that is held by a socket. */
export interface SessionClient {
  readonly connection: string;
  /** How its frames are written: as they are, or as text where only text passes. */
  readonly framing: 'binary' | 'base64';
  /** It understands exit codes, which the plugin of AWS would print. */
  readonly wantsExitCode: boolean;
  /** True once it said what it can do; nothing is sent to it before. */
  readonly isReady: boolean;
  readonly openedAt: number;
}

/**
 * Leave to do one thing in one container of one task epoch, on behalf of one caller (T38). Written by the client's side.
 * Invariant: it is opened once, and before `openBefore`.
 */
export interface SessionGrant {
  readonly sessionId: string;
  readonly cluster: string;
  readonly taskId: string;
  readonly epoch: number;
  /** Whose agent may carry it out, and in which of its lives. */
  readonly instanceId: string;
  readonly agentEpoch: number;
  readonly container: string;
  readonly order: SessionOrder;
  /** ARN or name of whoever asked. */
  readonly caller: string;
  readonly createdAt: number;
  /** Epoch ms: when client and agent must both be there. */
  readonly openBefore: number;
  readonly client?: SessionClient;
  /** Nothing more is wanted, or nothing more can come. */
  readonly closed?: { readonly at: number; readonly reason: string };
}

/** How a session ended in its container. */
export interface SessionEnd {
  /** Absent when there is none to tell: it was cut short, or never began. */
  readonly exitCode?: number;
  readonly reason?: string;
}

/** The agent's half, written by its own exchanges alone. */
export interface SessionProgress {
  readonly sessionId: string;
  readonly claimedAt: number;
  /** About when the agent was last heard; exact to a few seconds. */
  readonly heardAt: number;
  /** Number of the next piece of input the agent wants, and of the next piece of output it may write. */
  readonly nextInput: number;
  readonly nextOutput: number;
  /** When output nobody had confirmed was last sent again. */
  readonly resentAt?: number;
  readonly end?: SessionEnd & { readonly at: number };
}

/** A piece from the client; numbers begin at 0 and have no gap. Data is base64. */
export type InputPiece = { readonly sequence: number } & (
  | { readonly kind: 'data'; readonly data: string }
  | { readonly kind: 'size'; readonly columns: number; readonly rows: number }
  /** There is no more input. */
  | { readonly kind: 'end' }
  /** The client wants the session over. */
  | { readonly kind: 'stop' }
  /** Nothing for the container: a number that something else took. */
  | { readonly kind: 'none' }
);

/** A piece from the container; numbers begin at 0 and have no gap. Data is base64. */
export interface OutputPiece {
  readonly sequence: number;
  readonly stream: 'stdout' | 'stderr';
  readonly data: string;
}

/** A piece of output as it waits for its reader. */
export interface WaitingOutput extends OutputPiece {
  readonly at: number;
}
