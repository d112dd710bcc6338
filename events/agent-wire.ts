import type { ContainerObservation, HealthStatus, ObservedStatus, StopRequest } from '#core/model/task.ts';
import type { TaskSpec } from '#core/model/task-spec.ts';

export type { TaskSpec } from '#core/model/task-spec.ts';

/** Bumped when an agent of the other version could not work; the server refuses what it does not know. */
export const AGENT_PROTOCOL = 1;

/** POST /agent/v1/register. Unsigned bodies need a join token; later ones are signed by the key registered first. */
export interface RegisterRequest {
  readonly protocol: number;
  readonly cluster: string;
  /** First registration only. */
  readonly joinToken?: string;
  /** Later registrations: who the agent was. Rule R12: the epoch must be the newest, else another copy took over. */
  readonly instanceId?: string;
  readonly agentEpoch?: number;
  /** Random, kept on disk before sending: a registration repeated after a lost answer must not look like a clone. */
  readonly attempt?: string;
  /** Ed25519 public key, base64url of the 32 raw bytes. */
  readonly publicKey: string;
  readonly machineId?: string;
  /** Absent: the default pool. */
  readonly capacityProvider?: string;
  readonly hostname: string;
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly agentVersion: string;
  readonly total: { readonly cpu: number; readonly memory: number };
  readonly attributes: Readonly<Record<string, string>>;
}

export interface RegisterResponse {
  readonly instanceId: string;
  readonly cluster: string;
  readonly agentEpoch: number;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  readonly serverTime: number;
  /** Where heartbeats go from now on; absent: beside the registration. */
  readonly heartbeatUrl?: string;
}

export interface TaskReport {
  readonly taskId: string;
  readonly epoch: number;
  readonly status: ObservedStatus;
  readonly containers: readonly ContainerObservation[];
  /** Of a pod's network on its machine. */
  readonly address?: string;
  /** Of the whole task; present when an essential container has a health check. */
  readonly healthStatus?: HealthStatus;
  /** How often health or a container's run changed while this agent epoch reported the task; absent: never. */
  readonly revision?: number;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
  readonly startedAt?: number;
  readonly stoppingAt?: number;
  readonly stoppedAt?: number;
  readonly stop?: StopRequest;
}

/** POST /agent/v1/heartbeat, signed. */
export interface HeartbeatRequest {
  readonly protocol: number;
  readonly agentEpoch: number;
  /** Rule R7: sequence of the newest assignments the agent applied; 0 before the first. */
  readonly seen: number;
  /** Rule R17: true once the agent listed its containers; its first such heartbeat makes it schedulable. */
  readonly synced: boolean;
  /** Every task the agent has in any state but forgotten. */
  readonly known: readonly string[];
  /** Tasks whose state the server has not acknowledged yet. */
  readonly reports: readonly TaskReport[];
  /** Rule R6: it has fenced tasks, whose time is up with the lease, so that each heartbeat should renew it. */
  readonly fenced?: true;
}

export interface HeldAssignment {
  readonly taskId: string;
  readonly desired: 'RUNNING' | 'STOPPED';
  /** Seconds a stopping task's containers may take to end; absent: the time they were started with. */
  readonly grace?: number;
  /** Present when the agent does not know the task and must start it. */
  readonly spec?: TaskSpec;
}

export interface HeartbeatResponse {
  readonly agentEpoch: number;
  /** Version of the assignments; older than one applied means: ignore the rest of the answer. */
  readonly sequence: number;
  /** Rule R4: counts from the moment the request was sent, on the agent's monotonic clock. */
  readonly leaseExpiresInMs: number;
  readonly heartbeatMs: number;
  /** The whole set; absent when `seen` is already `sequence` and the agent knows every task in it. */
  readonly assignments?: readonly HeldAssignment[];
  /** Reports that are durable now (or will never be needed): the agent stops repeating them. */
  readonly acknowledged: readonly { readonly taskId: string; readonly status: ObservedStatus }[];
  /** Rule R11: tasks the agent knows that the server confirms are not its to run: stop and forget them. */
  readonly stop: readonly string[];
  /** Ids of sessions that wait for the agent; it may have heard of them before. */
  readonly sessions?: readonly string[];
}

/**
 * Rung on an agent's channel after its assignments changed.
 * `previous` lets the agent apply the change alone when it has seen exactly that; otherwise it sends a heartbeat.
 */
export interface BellMessage {
  readonly instanceId: string;
  readonly agentEpoch: number;
  readonly previous: number;
  readonly sequence: number;
  readonly changes: readonly HeldAssignment[];
  /** A session waits for the agent, and nothing changed: `previous` and `sequence` are 0 then. */
  readonly session?: string;
}
