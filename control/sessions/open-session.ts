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
  const instanceId = observation?.instanceId ?? task.assignment?.instanceId;
  if (instanceId === undefined) throw notConnected();
  // Of its present life: a task that runs on while its agent starts anew is not reported again for that.
  const agentEpoch = await connectedEpoch(deps, task.cluster, instanceId);
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

/** An agent whose lease is over would never come. */
async function connectedEpoch(deps: Dependencies, cluster: string, instanceId: string): Promise<number> {
  const lease = await read(deps.store, leases, { cluster, instanceId });
  if (!lease || lease.value.expiresAt <= deps.clock.now()) throw notConnected();
  return lease.value.agentEpoch;
}

const notConnected = (): Fault =>
  new Fault('TargetNotConnected', 'The agent of the task’s container instance is not connected. Wait and try again.');
