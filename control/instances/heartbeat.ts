import type { Reservation } from '#core/model/container-instance.ts';
import type { HeartbeatRequest, HeartbeatResponse, HeldAssignment } from '#events/agent-wire.ts';
import type { Dependencies } from '../dependencies.ts';
import { type InstanceId, observations, put, readMany, reservations, tasks, type Versioned } from '../records.ts';
import { wakeDaemons } from '../services/wake-daemons.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';
import { deregisterInstance } from './deregister-instance.ts';
import { observeReports } from './observe-reports.ts';
import { renewLease } from './renew-lease.ts';
import { requireCurrent } from './require-current.ts';
import { plainAssignment, runningAssignment } from './ring-agents.ts';
import { watchNeighbours } from './watch-neighbours.ts';

/**
 * One heartbeat of an authenticated agent: takes in what it saw, renews its lease, answers what it should run.
 * A heartbeat that changes nothing writes its lease at most.
 * Faults: ResourceNotFound when the instance is gone (register again), Conflict when the epoch is old (rule R12).
 */
export async function heartbeat(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
): Promise<HeartbeatResponse> {
  const lease = await renewLease(deps, agent, request);
  if (lease.isRenewed && !lease.isRecovering) await watchNeighbours(deps, agent);
  const acknowledged = request.reports.length > 0 ? await observeReports(deps, agent, request) : [];
  const reservation = await requireCurrent(deps, agent, request);
  const ready = request.synced ? await makeSchedulable(deps, agent, request, reservation) : reservation;
  if (isDone(ready.value, request)) await deregisterInstance(deps, agent.cluster, agent.instanceId);
  const held = new Set(ready.value.tasks.map(({ taskId }) => taskId));
  const known = new Set(request.known);
  const isCurrent = request.seen === ready.version && ready.value.tasks.every(({ taskId }) => known.has(taskId));
  return {
    agentEpoch: ready.value.agentEpoch,
    sequence: ready.version,
    leaseExpiresInMs: lease.expiresAt - deps.clock.now(),
    heartbeatMs: deps.timings.heartbeat,
    ...(isCurrent ? {} : { assignments: await assignments(deps, ready.value, known) }),
    acknowledged,
    // Rule R11: the reservation was read after the agent listed these tasks, and it does not hold them.
    stop: request.known.filter((taskId) => !held.has(taskId)),
    ...(lease.sessions.length > 0 && { sessions: lease.sessions }),
  };
}

/** Rule R17: every heartbeat lists all the agent's tasks, so the first synced one makes the instance schedulable. */
async function makeSchedulable(
  deps: Dependencies,
  agent: InstanceId,
  request: HeartbeatRequest,
  first: Versioned<Reservation>,
): Promise<Versioned<Reservation>> {
  if (first.value.schedulable || isLeaving(first.value)) return first;
  const ready = await untilCommitted(`sync of ${agent.instanceId}`, async () => {
    const before = await requireCurrent(deps, agent, request);
    if (before.value.schedulable || isLeaving(before.value)) return before;
    const value = { ...before.value, schedulable: true };
    const wake = { work: { kind: 'placement', cluster: agent.cluster } } as const;
    const outcome = await deps.store.transact([put(reservations, agent, value, before.version, { wake })]);
    return outcome.kind === 'conflict' ? CONFLICT : { value, version: before.version + 1 };
  });
  deps.fleet.learn(ready.value, ready.version);
  await wakeDaemons(deps, agent.cluster);
  return ready;
}

const isLeaving = ({ status }: Reservation): boolean => status === 'DEREGISTERING' || status === 'INACTIVE';

/** It was to stop all it had, and it has nothing any more. */
const isDone = ({ status, tasks: held }: Reservation, { synced, known }: HeartbeatRequest): boolean =>
  status === 'DEREGISTERING' && held.length === 0 && synced && known.length === 0;

/**
 * The whole set; a task the agent does not know comes with everything needed to run it, or to report it stopped when
 * it was stopped before the agent ever heard of it. One that was seen running and is known no more has gone with the
 * agent's disk and its containers: it has to stop, because a task epoch starts once (rule R8).
 */
async function assignments(
  deps: Dependencies,
  { cluster, tasks: held }: Reservation,
  known: ReadonlySet<string>,
): Promise<readonly HeldAssignment[]> {
  const news = held.filter(({ taskId }) => !known.has(taskId));
  const ids = news.map(({ taskId }) => ({ cluster, taskId }));
  const [found, seen] = await Promise.all([readMany(deps.store, tasks, ids), readMany(deps.store, observations, ids)]);
  const gone = new Set(seen.flatMap((one) => (one?.value.status === 'RUNNING' ? [one.value.taskId] : [])));
  const stopping = new Set([...gone, ...news.flatMap(({ taskId, stop }) => (stop ? [taskId] : []))]);
  const orders = await Promise.all(
    found.map(
      (task) => task && (stopping.has(task.value.taskId) ? plainAssignment : runningAssignment)(deps, task.value),
    ),
  );
  const specs = new Map(orders.flatMap((order) => (order ? [[order.taskId, order] as const] : [])));
  return held.map(({ taskId, stop, grace }) => ({
    ...specs.get(taskId),
    taskId,
    desired: stop || gone.has(taskId) ? 'STOPPED' : 'RUNNING',
    ...(grace === undefined ? {} : { grace }),
  }));
}
