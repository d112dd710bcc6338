import { z } from 'zod';
import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import { MAX_CONTAINERS } from '#core/model/pod.ts';
import { MAX_PIECE_BYTES, MAX_PIECES_PER_EXCHANGE } from '#core/session/limits.ts';
import type { HeartbeatRequest, RegisterRequest } from '#events/agent-wire.ts';
import type { ClaimRequest, ExchangeRequest } from '#events/session-wire.ts';

const text = (max: number) => z.string().max(max);
const name = text(255).min(1);
const time = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

export const clusterName = z.string().regex(/^[a-zA-Z0-9_-]{1,255}$/);
const instanceId = z.string().regex(/^[0-9a-zA-Z-]{1,64}$/);
const taskId = z.string().regex(/^[0-9a-zA-Z-]{1,64}$/);

const bindings = z
  .array(
    z.object({
      bindIP: text(64),
      containerPort: z.number().int().min(0).max(65_535),
      hostPort: z.number().int().min(0).max(65_535),
      protocol: z.enum(['tcp', 'udp']),
    }),
  )
  .max(100);

const healthStatus = z.enum(['HEALTHY', 'UNHEALTHY', 'UNKNOWN']).exactOptional();

const termination = z.object({
  exitCode: z.number().int(),
  reason: text(255),
  message: text(4_096).exactOptional(),
  startedAt: time.exactOptional(),
  finishedAt: time,
});

const podContainer = z.object({
  ready: z.boolean(),
  started: z.boolean(),
  restartCount: count,
  startedAt: time.exactOptional(),
  waiting: z.object({ reason: text(255), message: text(1_024).exactOptional() }).exactOptional(),
  terminated: termination.exactOptional(),
  last: termination.exactOptional(),
});

const container = z.object({
  name,
  status: z.enum(['PENDING', 'RUNNING', 'STOPPED']),
  runtimeId: text(255).exactOptional(),
  exitCode: z.number().int().exactOptional(),
  reason: text(1_024).exactOptional(),
  imageDigest: text(255).exactOptional(),
  networkBindings: bindings.exactOptional(),
  healthStatus,
  pod: podContainer.exactOptional(),
});

const stop = z.object({
  code: z.enum([
    'TaskFailedToStart',
    'EssentialContainerExited',
    'UserInitiated',
    'ServiceSchedulerInitiated',
    'SpotInterruption',
    'TerminationNotice',
    'InfrastructureHealth',
  ]),
  reason: text(1_024),
  at: time,
});

const report = z.object({
  taskId,
  epoch: count.min(1),
  status: z.enum(['PENDING', 'RUNNING', 'STOPPED']),
  containers: z.array(container).max(MAX_CONTAINERS),
  address: text(64).exactOptional(),
  healthStatus,
  revision: count.exactOptional(),
  pullStartedAt: time.exactOptional(),
  pullStoppedAt: time.exactOptional(),
  startedAt: time.exactOptional(),
  stoppingAt: time.exactOptional(),
  stoppedAt: time.exactOptional(),
  stop: stop.exactOptional(),
});

/** An agent may still know a full set of finished tasks while it already holds the next full set. */
const MAX_KNOWN = MAX_TASKS_PER_INSTANCE * 2;

export const registerRequest = z.object({
  protocol: count,
  cluster: clusterName,
  joinToken: text(512).min(1).exactOptional(),
  instanceId: instanceId.exactOptional(),
  agentEpoch: count.exactOptional(),
  attempt: text(128).min(1).exactOptional(),
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  machineId: name.exactOptional(),
  capacityProvider: name.exactOptional(),
  hostname: name,
  runtime: z.enum(['docker', 'process', 'simulated']),
  agentVersion: text(64),
  total: z.object({
    cpu: z.number().int().positive().max(1_000_000),
    memory: z.number().int().positive().max(100_000_000),
  }),
  attributes: z
    .record(text(128), text(128))
    .refine((attributes) => Object.keys(attributes).length <= 50, 'at most 50 attributes'),
}) satisfies z.ZodType<RegisterRequest>;

export const heartbeatRequest = z.object({
  protocol: count,
  agentEpoch: count,
  seen: count,
  synced: z.boolean(),
  known: z.array(taskId).max(MAX_KNOWN),
  reports: z.array(report).max(MAX_KNOWN),
  fenced: z.literal(true).exactOptional(),
}) satisfies z.ZodType<HeartbeatRequest>;

const sessionId = z.string().regex(/^[0-9a-z-]{1,80}$/);

export const claimRequest = z.object({
  protocol: count,
  agentEpoch: count,
  sessionId,
}) satisfies z.ZodType<ClaimRequest>;

const piece = z.object({
  sequence: count,
  stream: z.enum(['stdout', 'stderr']),
  data: z.base64().max(Math.ceil(MAX_PIECE_BYTES / 3) * 4),
});

export const exchangeRequest = z.object({
  protocol: count,
  agentEpoch: count,
  sessionId,
  nextInput: count,
  output: z.array(piece).max(MAX_PIECES_PER_EXCHANGE),
  end: z.object({ exitCode: z.number().int().exactOptional(), reason: text(1_024).exactOptional() }).exactOptional(),
}) satisfies z.ZodType<ExchangeRequest>;

/** POST /agent/v1/join-tokens, sent by an operator. */
export const joinTokenRequest = z.object({
  cluster: clusterName,
  /** How long the token works, at most a year. */
  lifetimeMs: z
    .number()
    .int()
    .min(60_000)
    .max(365 * 86_400_000)
    .exactOptional(),
  /** How many machines may join with it; any number when absent. */
  uses: z.number().int().min(1).max(100_000).exactOptional(),
});
