import { Fault } from '#core/fault.ts';
import type { Registration, Reservation } from '#core/model/container-instance.ts';
import type { TaskObservation } from '#core/model/task.ts';
import { AGENT_PROTOCOL, type RegisterRequest, type RegisterResponse } from '#events/agent-wire.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import {
  check,
  clusters,
  leases,
  observations,
  put,
  read,
  readMany,
  registrations,
  reservations,
  type Versioned,
} from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { spendJoinToken } from './join-tokens.ts';
import { renewedLease } from './renew-lease.ts';

/**
 * Gives an agent its identity and its epoch. The caller has proved possession of the key in the request.
 * Rule R12: a machine that registers again names the epoch it had; a copy that names an older one is refused.
 * Rule R17: the instance is schedulable only after its first full sync.
 * Faults: AccessDenied, Conflict (another copy took over), InvalidParameter, ClusterNotFound.
 */
export async function registerAgent(deps: Dependencies, request: RegisterRequest): Promise<RegisterResponse> {
  if (request.protocol !== AGENT_PROTOCOL) {
    throw new Fault(
      'InvalidParameter',
      `Agent protocol ${request.protocol} is not served; this server speaks ${AGENT_PROTOCOL}.`,
    );
  }
  // The id follows from the key: a registration repeated after a lost answer meets itself, not a twin.
  const instanceId = deps.ids.derive('instance', request.cluster, request.publicKey);
  const id = { cluster: request.cluster, instanceId };
  const agentEpoch = await untilCommitted(`registration of ${instanceId}`, async () => {
    const home = await requireCluster(deps, request.cluster);
    const [registration, before] = await Promise.all([
      read(deps.store, registrations, id),
      read(deps.store, reservations, id),
    ]);
    if (before && isRepeat(before.value, request)) return before.value.agentEpoch;
    if (!before) await requireToken(deps, request);
    else requireNewestEpoch(before.value, request);
    const epoch = (before?.value.agentEpoch ?? 0) + 1;
    const writes = await registrationWrites(deps, request, instanceId, epoch, registration, before);
    // Invariant S14: a cluster that is deleted meanwhile gets no new instance.
    const outcome = await deps.store.transact([check(clusters, request.cluster, home.version), ...writes]);
    return outcome.kind === 'conflict' ? CONFLICT : epoch;
  });
  await deps.channel.open(instanceId);
  const { heartbeat: heartbeatMs, lease: leaseMs } = deps.timings;
  return { instanceId, cluster: request.cluster, agentEpoch, heartbeatMs, leaseMs, serverTime: deps.clock.now() };
}

const isRepeat = (before: Reservation, request: RegisterRequest): boolean =>
  request.attempt !== undefined && before.attempt === request.attempt && before.status !== 'INACTIVE';

async function requireToken(deps: Dependencies, { joinToken, cluster }: RegisterRequest): Promise<void> {
  if (joinToken === undefined)
    throw new Fault('AccessDenied', 'A machine that registers for the first time needs a join token.');
  await spendJoinToken(deps, joinToken, cluster);
}

function requireNewestEpoch(before: Reservation, { agentEpoch }: RegisterRequest): void {
  if (before.status === 'INACTIVE') {
    throw new Fault(
      'AccessDenied',
      'This container instance was deregistered; join with a new identity and a join token.',
    );
  }
  if (agentEpoch !== before.agentEpoch) {
    throw new Fault(
      'Conflict',
      `Agent epoch ${agentEpoch ?? '(none)'} is not the newest (${before.agentEpoch}): another copy of this identity has registered.`,
    );
  }
}

/**
 * One transaction: identity, epoch, lease, and a fence on the observation of every task the instance holds.
 * Invariant: a report from an older epoch that was read before this commit fails its condition after it (S8).
 */
async function registrationWrites(
  deps: Dependencies,
  request: RegisterRequest,
  instanceId: string,
  agentEpoch: number,
  registration: Versioned<Registration> | undefined,
  before: Versioned<Reservation> | undefined,
): Promise<readonly Write[]> {
  const { cluster, total, attributes, machineId, capacityProvider } = request;
  const id = { cluster, instanceId };
  const lease = await read(deps.store, leases, id);
  const identity = newRegistration(deps, request, instanceId, registration);
  const reservation: Reservation = {
    instanceId,
    cluster,
    status: before?.value.status ?? 'ACTIVE',
    agentEpoch,
    ...(request.attempt === undefined ? {} : { attempt: request.attempt }),
    schedulable: false,
    total,
    attributes: { ...attributes, ...before?.value.putAttributes },
    ...(before?.value.putAttributes ? { putAttributes: before.value.putAttributes } : {}),
    ...(machineId === undefined ? {} : { machineId }),
    ...(capacityProvider === undefined ? {} : { capacityProvider }),
    agentVersion: identity.agentVersion,
    registeredAt: identity.registeredAt,
    tasks: before?.value.tasks ?? [],
  };
  return [
    put(registrations, id, identity, registration?.version ?? 'absent'),
    put(reservations, id, reservation, before?.version ?? 'absent'),
    put(
      leases,
      id,
      renewedLease(lease?.value, reservation, deps.clock.now(), deps.timings),
      lease?.version ?? 'absent',
    ),
    ...(await fences(deps, reservation)),
  ];
}

const newRegistration = (
  deps: Dependencies,
  request: RegisterRequest,
  instanceId: string,
  before: Versioned<Registration> | undefined,
): Registration => ({
  instanceId,
  cluster: request.cluster,
  publicKey: request.publicKey,
  hostname: request.hostname,
  runtime: request.runtime,
  agentVersion: request.agentVersion,
  attributes: request.attributes,
  ...(request.machineId === undefined ? {} : { machineId: request.machineId }),
  ...(request.capacityProvider === undefined ? {} : { capacityProvider: request.capacityProvider }),
  total: request.total,
  registeredAt: before?.value.registeredAt ?? deps.clock.now(),
  tags: before?.value.tags ?? [],
});

async function fences(
  deps: Dependencies,
  { cluster, instanceId, agentEpoch, tasks }: Reservation,
): Promise<readonly Write[]> {
  const ids = tasks.map(({ taskId }) => ({ cluster, taskId }));
  const observed = await readMany(deps.store, observations, ids);
  return tasks.map(({ taskId, epoch }, position) => {
    const before = observed[position];
    const none: TaskObservation = { taskId, epoch, instanceId, status: 'PENDING', containers: [], updates: 0 };
    const fenced = { ...(before?.value ?? none), agentEpoch };
    return put(observations, { cluster, taskId }, fenced, before?.version ?? 'absent');
  });
}
