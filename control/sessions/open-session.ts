import { Fault } from '#core/fault.ts';
import type { SessionGrant, SessionOrder } from '#core/model/session.ts';
import { KEEP_MS, OPEN_WITHIN_MS } from '#core/session/limits.ts';
import type { Dependencies } from '../dependencies.ts';
import type { TaskView } from '../intents.ts';
import { leases, put, read, sessionGrants } from '../records.ts';
import { callAgent } from './call-agent.ts';

export interface SessionRequest {
  /** Of a task that a machine has. */
  readonly view: TaskView;
  /** One of the task's. */
  readonly container: string;
  readonly order: SessionOrder;
  /** Who asks. */
  readonly caller: string;
  /** What the session is called; random text comes behind it. */
  readonly prefix: string;
}

/**
 * Grants a session in a container. One that a socket will hold waits for its client first; the agent is told at once of
 * any other. Faults: TargetNotConnected when no agent is there to carry it out.
 */
export async function openSession(deps: Dependencies, request: SessionRequest): Promise<SessionGrant> {
  const { task, observation } = request.view;
  const instanceId = observation?.instanceId;
  const agentEpoch = observation?.agentEpoch;
  if (instanceId === undefined || agentEpoch === undefined) throw notConnected();
  await requireConnected(deps, task.cluster, instanceId, agentEpoch);
  const now = deps.clock.now();
  const grant: SessionGrant = {
    sessionId: `${request.prefix}${deps.ids.hex(32)}`,
    cluster: task.cluster,
    taskId: task.taskId,
    epoch: task.epoch,
    instanceId,
    agentEpoch,
    container: request.container,
    order: request.order,
    caller: request.caller,
    createdAt: now,
    openBefore: now + OPEN_WITHIN_MS,
  };
  // The id is random: that something stands there is a lost answer of the store, and the grant is the same.
  await deps.store.transact([put(sessionGrants, grant.sessionId, grant, 'absent', { expiresAt: now + KEEP_MS })]);
  if (grant.order.kind === 'logs') await callAgent(deps, grant);
  return grant;
}

/** An agent whose lease is over, or that began a new life since it reported the task, would never come. */
async function requireConnected(
  deps: Dependencies,
  cluster: string,
  instanceId: string,
  agentEpoch: number,
): Promise<void> {
  const lease = await read(deps.store, leases, { cluster, instanceId });
  const isThere = lease !== undefined && lease.value.expiresAt > deps.clock.now();
  if (!isThere || lease.value.agentEpoch !== agentEpoch) throw notConnected();
}

const notConnected = (): Fault =>
  new Fault(
    'TargetNotConnected',
    'The execute command failed because the agent of the task’s container instance is not connected. Wait and try again.',
  );
