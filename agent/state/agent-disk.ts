import type { TaskState } from '../engine/task-state.ts';

/** Who the agent is. Losing it means registering anew with a join token, as the machine that owns the same containers. */
export interface AgentIdentity {
  /** Absent until the first registration was answered. */
  readonly instanceId?: string;
  readonly agentEpoch: number;
  /** Names the registration whose answer is awaited, so that repeating it is not taken for a clone's. */
  readonly attempt?: string;
  /** Ids this machine had before; their containers are still ours to end, once the control plane confirms. */
  readonly formerIds: readonly string[];
  /** Ed25519 key as JWK; it never leaves the machine. */
  readonly privateKey: Readonly<Record<string, string>>;
}

/** Task epochs that began on this machine, and when they were last heard of (epoch ms), by `<task>.<epoch>`. */
export type Tombstones = Readonly<Record<string, number>>;

export interface TaskBook {
  readonly tasks: readonly TaskState[];
  readonly tombstones: Tombstones;
  /** Ids under which this machine's containers may be labelled, here too in case the identity is lost. */
  readonly owners?: readonly string[];
}

/** The agent's own durable state. Loads answer undefined for what is missing or damaged; saves are atomic and durable. */
export interface AgentDisk {
  loadIdentity(): Promise<AgentIdentity | undefined>;
  saveIdentity(identity: AgentIdentity): Promise<void>;
  loadBook(): Promise<TaskBook | undefined>;
  saveBook(book: TaskBook): Promise<void>;
}
