/** What the runner needs of serverless.yml, with its variables resolved. */
export interface ServiceFile {
  readonly functions: readonly FunctionSpec[];
  /** Routes that the gateway answers itself, from a queue, without a function. */
  readonly channelRoutes: readonly ChannelRoute[];
  /** CloudFormation resources by logical id, as written. */
  readonly resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface FunctionSpec {
  readonly name: string;
  /** Path of the module inside the repository, without its ending. */
  readonly module: string;
  readonly timeoutMs: number;
  /** Has an address of its own beside the HTTP API. */
  readonly hasUrl: boolean;
  readonly events: readonly EventSpec[];
}

export type EventSpec =
  | { readonly kind: 'http'; readonly route: string }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'websocket'; readonly route: string }
  | QueueEventSpec
  | StreamEventSpec;

export interface QueueEventSpec {
  readonly kind: 'queue';
  /** Logical id of the queue. */
  readonly queue: string;
  readonly batchSize: number;
  readonly batchWindowMs: number;
  readonly maximumConcurrency?: number;
  readonly reportFailures: boolean;
  readonly filterPatterns: readonly unknown[];
}

export interface StreamEventSpec {
  readonly kind: 'stream';
  /** Logical id of the table. */
  readonly table: string;
  /** False: the mapping is there, and nothing is read. */
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly batchWindowMs: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  readonly reportFailures: boolean;
  /** Logical id of the queue that takes what was given up. */
  readonly onFailure?: string;
  readonly filterPatterns: readonly unknown[];
}

export interface ChannelRoute {
  readonly route: string;
  /** Name of the function that authorizes it. */
  readonly authorizer: string;
  /** How long its verdict about one Authorization header holds; 0 asks each time. */
  readonly verdictMs: number;
  readonly waitMs: number;
  readonly maxMessages: number;
}
