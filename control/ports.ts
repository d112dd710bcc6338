import type { JsonObject } from '#core/json.ts';
import type { TrafficSplit } from '#core/model/rollout.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import type { WorkItem } from '#events/work-item.ts';

// ---- state store -------------------------------------------------------------------------------------------------

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Asks the stream to send a work item when this write is delivered; `at` (epoch ms) delays it. */
export interface Wake {
  readonly work: WorkItem;
  readonly at?: number;
}

export interface ItemBody {
  /** Name of the record type, see control/records.ts. */
  readonly kind: string;
  readonly value: JsonObject;
  /** Entry in the one sparse index; absent means not indexed. */
  readonly index?: Key;
  readonly wake?: Wake;
  /** Epoch ms after which the item may vanish by itself. */
  readonly expiresAt?: number;
}

export interface Item extends ItemBody {
  readonly key: Key;
  /** 1 at creation, plus 1 at every put. Invariant: a key is not created again while an older read of it can be in use. */
  readonly version: number;
}

/** The version that was read, or that nothing stood there. There is no unconditional write. */
export type Expectation = number | 'absent';

export type Write =
  | ({ readonly kind: 'put'; readonly key: Key; readonly expect: Expectation } & { readonly body: ItemBody })
  | { readonly kind: 'delete'; readonly key: Key; readonly expect: number }
  | { readonly kind: 'check'; readonly key: Key; readonly expect: Expectation };

export interface WriteConflict {
  /** Position in the transaction. */
  readonly write: number;
  /** condition: the version differs; contention: another transaction held the item, so read again. */
  readonly reason: 'condition' | 'contention';
  /** The item that stands there, when there is one and the store could tell. */
  readonly current?: Item;
}

export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'conflict'; readonly conflicts: readonly WriteConflict[] };

export interface PartitionQuery {
  readonly pk: string;
  /** Sort keys must start with this. */
  readonly prefix?: string;
  /** Exclusive start: the `next` of an earlier page. */
  readonly after?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export interface ItemPage {
  readonly items: readonly Item[];
  /** Present when there may be more. */
  readonly next?: string;
}

export const MAX_TRANSACTION_WRITES = 100;

/**
 * Versioned items under a partition key and a sort key; the single source of truth.
 * Faults: Unavailable when the store cannot answer. A write whose answer was lost may have been applied.
 */
export interface StateStore {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Strongly consistent, in the order asked for; any number of keys. */
  getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]>;
  /** Strongly consistent, ordered by sort key (UTF-8 bytes). */
  query(query: PartitionQuery): Promise<ItemPage>;
  /** Eventually consistent, by index partition, ordered by index sort key. Never decide on it alone. */
  queryIndex(query: PartitionQuery): Promise<ItemPage>;
  /** All or nothing, durable when it resolves. 1 to 100 writes on distinct keys; a single put costs half a transaction. */
  transact(writes: readonly Write[]): Promise<CommitOutcome>;
}

// ---- work queue and agent channel --------------------------------------------------------------------------------

export interface WorkMessage {
  readonly work: WorkItem;
  /** Whole seconds, 0 to 900. */
  readonly delaySeconds?: number;
}

/** At least once, unordered. Correctness never depends on a message arriving: the sweep finds what was lost. */
export interface WorkQueue {
  send(messages: readonly WorkMessage[]): Promise<void>;
}

/** Wakes an agent that is waiting on its channel. Best effort: an agent that misses a bell learns at its next heartbeat. */
export interface AgentChannel {
  /** Makes the channel of a newly registered agent; idempotent. */
  open(instanceId: string): Promise<void>;
  ring(instanceId: string, message: BellMessage): Promise<void>;
  close(instanceId: string): Promise<void>;
}

// ---- capacity ----------------------------------------------------------------------------------------------------

export interface Machine {
  readonly machineId: string;
  readonly state: 'starting' | 'running' | 'stopped';
}

/** The machines of one capacity provider in one cluster. */
export interface MachinePool {
  readonly cluster: string;
  /** Absent: the default pool, for tasks that no strategy gave to somebody's own provider. */
  readonly capacityProvider?: string;
}

/** Bounds and shape of the machines one provider makes for one cluster. */
export interface CapacityPolicy {
  readonly min: number;
  readonly max: number;
  /** Machines to keep free beyond what tasks need. */
  readonly standby: number;
  readonly size: { readonly cpu: number; readonly memory: number };
}

/**
 * Makes and removes machines that run an agent.
 * Faults: Unavailable when the provider cannot act now; Refused when it never will.
 */
export interface CapacityProvider {
  /** Undefined: nobody makes machines for that pool; without one for its default pool a cluster has none at all. */
  policy(pool: MachinePool): CapacityPolicy | undefined;
  list(pool: MachinePool): Promise<readonly Machine[]>;
  /** Idempotent per machine id; its agent registers for the pool's provider. */
  launch(pool: MachinePool, machineId: string): Promise<void>;
  /** Idempotent; the machine's containers are gone before this is called. */
  terminate(pool: MachinePool, machineId: string): Promise<void>;
}

// ---- traffic -----------------------------------------------------------------------------------------------------

/**
 * Shares a service's traffic out between its deployments: what a load balancer does.
 * Faults: Unavailable when it cannot act now.
 */
export interface TrafficRouter {
  /**
   * The split holds when it resolves. Idempotent. A split with a smaller sequence than one that holds, from a worker that
   * fell behind, changes nothing.
   */
  route(service: { readonly cluster: string; readonly service: string }, split: TrafficSplit): Promise<void>;
}

// ---- sessions ----------------------------------------------------------------------------------------------------

/**
 * Sockets of clients that take part in a session. Best effort: what a client does not confirm is sent again.
 * Faults: Unavailable when nothing can be sent now.
 */
export interface SessionSockets {
  /** Where clients connect, without a query. */
  readonly url: string;
  /** False when the client is gone. Text is one text frame, bytes one binary frame. */
  send(connection: string, frame: string | Uint8Array): Promise<boolean>;
  /** Idempotent. */
  close(connection: string): Promise<void>;
}

// ---- small things ------------------------------------------------------------------------------------------------

export interface Clock {
  /** Epoch ms. */
  now(): number;
}

export interface Ids {
  /** RFC 4122 version 4. */
  uuid(): string;
  /** Random lower-case hex digits. */
  hex(length: number): string;
  /** Random decimal digits. */
  digits(length: number): string;
  /** The same 32 hex digits for the same parts: a SHA-256 over an injective encoding, cut. */
  derive(...parts: readonly (string | number)[]): string;
  /** SHA-256 hex over the canonical JSON (sorted names) of a value. */
  fingerprint(value: unknown): string;
  /** Uniform in [0, 1). */
  random(): number;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
