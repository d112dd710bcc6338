import type { HostPort, Resources } from './resources.ts';
import type { Tag } from './tag.ts';

/** DEREGISTERING: its agent stops all it holds, and then it is INACTIVE for ever. */
export type InstanceStatus = 'ACTIVE' | 'DRAINING' | 'DEREGISTERING' | 'INACTIVE';

/** Who an agent is: written at registration, read to verify its signatures. */
export interface Registration {
  readonly instanceId: string;
  readonly cluster: string;
  /** Ed25519 public key, base64url. */
  readonly publicKey: string;
  readonly hostname: string;
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly agentVersion: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The provider's name for the machine, when a capacity provider launched it. */
  readonly machineId?: string;
  /** Whose machine it is; absent: the default pool's. */
  readonly capacityProvider?: string;
  readonly total: Resources;
  readonly registeredAt: number;
  readonly tags: readonly Tag[];
}

/** One task an instance holds. The desired flag rides here so that a heartbeat reads one item. */
export interface HeldTask {
  readonly taskId: string;
  /** A report must name this epoch. */
  readonly epoch: number;
  readonly cpu: number;
  readonly memory: number;
  readonly ports?: readonly HostPort[];
  /** Group of the task, for spread. */
  readonly group: string;
  /** True for a daemon service's task: it was made for this machine, and is no reason to keep it. */
  readonly daemon?: true;
  /** True once the task must stop. */
  readonly stop?: true;
  /** Seconds a stopping task's containers may take to end; absent: the time they were started with. */
  readonly grace?: number;
}

/** Most tasks one instance holds: re-registration fences all of them in one transaction of at most 100 writes. */
export const MAX_TASKS_PER_INSTANCE = 90;

/**
 * What an instance may be given and what it was given: the item of the placement transaction (rule R14).
 * Its version is the sequence of the agent's assignments (rule R7).
 * Invariant: reserved resources are the sum over `tasks`; no counter exists that could disagree.
 */
export interface Reservation {
  readonly instanceId: string;
  readonly cluster: string;
  readonly status: InstanceStatus;
  /** Rule R12: the life of the agent that may report; grows by one at every registration. */
  readonly agentEpoch: number;
  /** The registration that made this epoch; repeated after a lost answer it gets the same epoch again. */
  readonly attempt?: string;
  /** Rule R17: false between registration and the first full sync, and after the instance was declared lost. */
  readonly schedulable: boolean;
  readonly total: Resources;
  /** What its agent registered and what operators put. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The latter alone, kept for the agent's next registration. */
  readonly putAttributes?: Readonly<Record<string, string>>;
  readonly machineId?: string;
  /** As registered. */
  readonly capacityProvider?: string;
  /** Of its registration, for placement constraints that ask for them. */
  readonly agentVersion?: string;
  readonly registeredAt?: number;
  readonly tasks: readonly HeldTask[];
}

/** Written by heartbeats, and by whoever has a session for the agent: a heartbeat reads it in any case. */
export interface Lease {
  readonly instanceId: string;
  readonly agentEpoch: number;
  readonly expiresAt: number;
  /** Since when it has been held without a gap. */
  readonly heldSince?: number;
  /** When it was last renewed although it had run out. */
  readonly recoveredAt?: number;
  /** When the sweep first found it over while nobody in the cluster was heard from; a renewal forgets it. */
  readonly suspectedAt?: number;
  /** Sessions the agent has not been told of for sure; each is void after its time (epoch ms). Renewals drop those that are. */
  readonly sessions?: readonly { readonly sessionId: string; readonly until: number }[];
}

/** What the capacity worker remembers of one provider's machines in a cluster between runs. */
export interface CapacityState {
  readonly cluster: string;
  /** Absent: the default pool. */
  readonly capacityProvider?: string;
  readonly machines: readonly {
    readonly machineId: string;
    readonly launchedAt: number;
    /** When the machine was first seen without tasks; absent while it has some. */
    readonly idleSince?: number;
    /** When its agent was first seen out of reach; absent while it is heard from. */
    readonly unreachableSince?: number;
    readonly draining?: true;
  }[];
}
