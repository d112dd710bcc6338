import type { Dependencies } from '#control/dependencies.ts';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { registerAgent } from '#control/instances/register-agent.ts';
import type { HealthStatus, ObservedStatus, StopCode } from '#core/model/task.ts';
import { AGENT_PROTOCOL, type HeartbeatResponse, type TaskReport } from '#events/agent-wire.ts';

export const JOIN_TOKEN = 'join-me';

/** A machine reduced to its protocol: it runs what it is told at once and reports it with its next heartbeat. */
export interface FlowAgent {
  readonly instanceId: string;
  isUp: boolean;
  epoch: number;
  /** Every task it runs now. */
  readonly running: Map<string, { readonly epoch: number; readonly healthStatus?: HealthStatus }>;
  /** Every task epoch it ever started. */
  readonly started: string[];
  /** Sends one heartbeat; true when something was reported or changed. */
  beat(): Promise<boolean>;
  /** The container ends by itself, or for the given reason; the next heartbeat says so. */
  crash(taskId: string, code?: StopCode): void;
  /** The task's health check says so; the next heartbeat tells it. Only tasks whose definition has a check have any. */
  becomes(taskId: string, healthStatus: HealthStatus): void;
  register(): Promise<void>;
}

export async function flowAgent(
  deps: Dependencies,
  name: string,
  total: { readonly cpu: number; readonly memory: number },
  zone: string,
  machine: { readonly machineId?: string; readonly capacityProvider?: string } = {},
): Promise<FlowAgent> {
  const request = {
    protocol: AGENT_PROTOCOL,
    cluster: 'default',
    publicKey: `key-${name}`,
    hostname: name,
    runtime: 'simulated',
    agentVersion: '0.0.0',
    total,
    ...machine,
    attributes: { 'ecs.availability-zone': zone },
  } as const;
  const first = await registerAgent(deps, { ...request, joinToken: JOIN_TOKEN });
  let seen = 0;
  const reports = new Map<string, TaskReport>();
  const gone = new Set<string>();
  const agent: FlowAgent = {
    instanceId: first.instanceId,
    isUp: true,
    epoch: first.agentEpoch,
    running: new Map(),
    started: [],
    register: async () => {
      const answer = await registerAgent(deps, { ...request, instanceId: first.instanceId, agentEpoch: agent.epoch });
      agent.epoch = answer.agentEpoch;
      seen = 0;
    },
    crash: (taskId, code = 'EssentialContainerExited') => {
      const held = agent.running.get(taskId);
      if (!held) return;
      agent.running.delete(taskId);
      report(taskId, held.epoch, 'STOPPED', code);
    },
    becomes: (taskId, healthStatus) => {
      const held = agent.running.get(taskId);
      if (!held?.healthStatus) return;
      agent.running.set(taskId, { ...held, healthStatus });
      report(taskId, held.epoch, 'RUNNING');
    },
    beat: async () => {
      const sent = [...reports.values()];
      const known = [...new Set([...agent.running.keys(), ...sent.map(({ taskId }) => taskId)])];
      const answer = await heartbeat(
        deps,
        { cluster: 'default', instanceId: agent.instanceId },
        {
          protocol: AGENT_PROTOCOL,
          agentEpoch: agent.epoch,
          seen,
          synced: true,
          known,
          reports: sent,
        },
      );
      for (const { taskId, status } of answer.acknowledged)
        if (reports.get(taskId)?.status === status) reports.delete(taskId);
      const isNews = apply(answer);
      return sent.length > 0 || isNews;
    },
  };
  const report = (taskId: string, epoch: number, status: ObservedStatus, code?: StopCode) => {
    const at = deps.clock.now();
    const stop = code ? { stop: { code, reason: 'Essential container in task exited', at }, stoppedAt: at } : {};
    const healthStatus = agent.running.get(taskId)?.healthStatus;
    const health = healthStatus ? { healthStatus } : {};
    reports.set(taskId, { taskId, epoch, status, containers: [], startedAt: at, ...health, ...stop });
  };
  const apply = (answer: HeartbeatResponse): boolean => {
    let isNews = false;
    for (const taskId of answer.stop) {
      reports.delete(taskId);
      isNews = agent.running.delete(taskId) || isNews;
    }
    if (answer.sequence < seen || !answer.assignments) return isNews;
    seen = answer.sequence;
    for (const { taskId, desired, spec } of answer.assignments) {
      const held = agent.running.get(taskId);
      if (desired === 'STOPPED' && !gone.has(taskId)) {
        gone.add(taskId);
        agent.running.delete(taskId);
        report(taskId, held?.epoch ?? spec?.epoch ?? 1, 'STOPPED', 'UserInitiated');
        isNews = true;
      } else if (desired === 'RUNNING' && spec && !held && !gone.has(taskId)) {
        const isChecked = spec.containers.some(({ healthCheck }) => healthCheck);
        agent.running.set(taskId, { epoch: spec.epoch, ...(isChecked ? { healthStatus: 'UNKNOWN' } : {}) });
        agent.started.push(`${taskId}.${spec.epoch}`);
        report(taskId, spec.epoch, 'RUNNING');
        isNews = true;
      }
    }
    return isNews;
  };
  await agent.beat();
  return agent;
}
