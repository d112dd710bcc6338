import { createService } from '#control/services/create-service.ts';
import { listDeploymentRecords } from '#control/services/deployment-records.ts';
import { describeServices } from '#control/services/read-services.ts';
import { updateService } from '#control/services/update-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { LifecycleHook, RolloutConfiguration } from '#core/model/rollout.ts';
import type { CircuitBreaker } from '#core/model/service.ts';
import { deployed } from './deployed.ts';
import type { FlowAgent } from './flow-agent.ts';
import { type FlowWorld, flowWorld } from './flow-world.ts';
import { type RecordingRouter, recordingRouter } from './recording-router.ts';

export const SHIFTED = 'web';
const TICK = 10_000;

/** A flow world with a service of two healthy tasks that shifts traffic, and its router. */
export interface ShiftWorld extends FlowWorld {
  readonly router: RecordingRouter;
  readonly agents: readonly FlowAgent[];
  /** Asks for another revision. */
  readonly rollTo: (revision: number) => Promise<void>;
  /** Lets time pass in small ticks, with everything that is due in between. */
  readonly pass: (ms: number) => Promise<void>;
  /** Ends every task of a revision by its own fault. */
  readonly crash: (revision: number) => Promise<void>;
  /** The newest deployment, as history tells it. */
  readonly newest: () => Promise<NewestDeployment>;
  /** Revisions of the tasks that run, in order. */
  readonly running: () => Promise<readonly number[]>;
  /** Id of the service's deployment, as its intent names it. */
  readonly deployment: () => Promise<string>;
}

export interface NewestDeployment {
  readonly id: string;
  readonly digits: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly stage: string | undefined;
  readonly hookId: string | undefined;
  readonly rolledBackTo: string | undefined;
}

export const pauseAt = (stage: string, timeout: LifecycleHook['timeoutConfiguration'] = {}): LifecycleHook => ({
  targetType: 'PAUSE',
  lifecycleStages: [stage],
  timeoutConfiguration: timeout,
});

export async function shiftWorld(rollout: RolloutConfiguration, circuitBreaker?: CircuitBreaker): Promise<ShiftWorld> {
  const router = recordingRouter();
  const world = await flowWorld({ healthyAfter: 40_000, router });
  const agents = await Promise.all(['one', 'two'].map((name) => world.agent(name, { cpu: 8_192, memory: 32_768 })));
  const { deps } = world;
  const view = async () => {
    const [found] = await describeServices(deps, 'default', [SHIFTED]);
    if (!found) throw new Error(`service ${SHIFTED} is gone`);
    return found;
  };
  const tasks = async () => {
    const ids = agents.flatMap((agent) => [...agent.running.keys()]);
    const found = await describeTasks(deps, 'default', ids);
    return found.flatMap((one) => (one ? [one.task] : []));
  };
  const pass = async (ms: number): Promise<void> => {
    await world.converge();
    for (let passed = 0; passed < ms; passed += TICK) {
      world.advance(Math.min(TICK, ms - passed));
      await world.converge();
    }
  };
  await createService(deps, {
    cluster: 'default',
    name: SHIFTED,
    taskDefinition: 'web:1',
    desiredCount: 2,
    rollout,
    ...(circuitBreaker ? { circuitBreaker } : {}),
    tags: [],
    createdBy: 'test',
  });
  await pass(50_000);
  return {
    ...world,
    router,
    agents,
    pass,
    rollTo: async (revision) => {
      const taskDefinition = `web:${revision}`;
      await updateService(deps, { cluster: 'default', name: SHIFTED, taskDefinition, forceNewDeployment: true });
      await world.converge();
    },
    crash: async (revision) => {
      for (const { taskId, definition } of await tasks()) {
        if (definition.revision === revision) for (const agent of agents) agent.crash(taskId);
      }
      await world.converge();
    },
    newest: async () => {
      const [record] = await listDeploymentRecords(deps, 'default', SHIFTED);
      if (!record) throw new Error('the service has no deployment');
      const { spec, status, statusReason, shift, rollback } = record;
      return {
        id: spec.id,
        digits: spec.id.replace('ecs-svc/', ''),
        status,
        reason: statusReason,
        stage: shift?.stage,
        hookId: shift?.hooks.find((hook) => hook.status === 'AWAITING_ACTION')?.hookId,
        rolledBackTo: rollback?.target,
      };
    },
    running: async () => (await tasks()).map(({ definition }) => definition.revision).sort(),
    deployment: async () => deployed((await view()).service).deployment.id,
  };
}
