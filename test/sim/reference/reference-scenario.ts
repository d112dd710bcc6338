import { setInstanceState } from '#control/instances/set-instance-state.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { updateService } from '#control/services/update-service.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { stopTask } from '#control/tasks/stop-task.ts';
import { openWorld, type SimWorld, type Violation, type WorldOptions } from '../world/open-world.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import { type Effort, type EndState, effort, endState } from './end-state.ts';
import { ask } from './scripted-client.ts';

const cluster = 'default';
/** L1's minute for one step, and half of one more because a step may begin while a fault of the one before lasts. */
const STEP_MS = 90_000;
/** Longer than a sweep and than a lease, so that whatever a fault left behind is found. */
const QUIET_MS = 65_000;

export interface Story {
  readonly violation?: Violation;
  readonly end: EndState;
  readonly effort: Effort;
  readonly virtualMs: number;
}

/** A scripted life of a cluster, with no chance in it: every run of it without faults is the same. */
export async function playReference(
  options: Partial<WorldOptions>,
  prepare: (sim: SimWorld) => void = () => undefined,
  tailMs = 0,
): Promise<Story> {
  const sim = await openWorld({ seed: 1, agents: 3, ...options });
  try {
    prepare(sim);
    const moved = await playSteps(sim);
    await sim.run(tailMs);
    await settled(sim, 'the end');
    return finish(sim, moved);
  } finally {
    sim.close();
  }
}

/** `moved`: tasks made because a machine was drained; how many it held is up to placement. */
export function finish(sim: SimWorld, moved = 0): Story {
  const violation = sim.violation();
  const { tasks, creates, starts } = effort(sim);
  return {
    ...(violation ? { violation } : {}),
    end: endState(sim),
    effort: { tasks: tasks - moved, creates: creates - moved, starts: starts - moved },
    virtualMs: sim.context.time.elapsed,
  };
}

async function playSteps(sim: SimWorld): Promise<number> {
  await settled(sim, 'start');
  await create(sim, 'web', 3);
  await settled(sim, 'create web');
  const tasks = await run(sim, 2);
  await settled(sim, 'run 2 tasks');
  await update(sim, 'web', { taskDefinition: 'web:2' });
  await settled(sim, 'roll web');
  await create(sim, 'api', 1);
  await update(sim, 'web', { desiredCount: 2 });
  await settled(sim, 'scale web down, create api');
  await ask(sim, 'stop a task', ({ deps }) => stopTask(deps, cluster, tasks[0] ?? ''));
  await settled(sim, 'stop a task');
  crashContainer(sim, 'web');
  await settled(sim, 'a container crash');
  const drained = sim.agents[0];
  const moved = tasksOfServices(sim, drained);
  await setState(sim, drained, 'DRAINING');
  await settled(sim, 'drain');
  await setState(sim, drained, 'ACTIVE');
  sim.agents[1]?.restart();
  await sim.run(3_000);
  await settled(sim, 'activate, agent restart');
  await ask(sim, 'delete web', ({ deps }) => deleteService(deps, cluster, 'web', true));
  await settled(sim, 'delete web');
  await sim.run(QUIET_MS);
  await settled(sim, 'quiet');
  return moved;
}

function tasksOfServices({ oracles }: SimWorld, agent: SimAgent | undefined): number {
  const held = oracles.committed.reservations.get(agent?.lastInstanceId ?? '')?.tasks ?? [];
  return held.filter(({ taskId }) => oracles.committed.tasks.get(taskId)?.slot !== undefined).length;
}

/** Waits until nothing differs from what is wanted; the step that broke it is named when that takes too long. */
export async function settled(sim: SimWorld, step: string, within = STEP_MS): Promise<void> {
  const until = sim.context.time.elapsed + within;
  await sim.run(500);
  while (!sim.isOver()) {
    const left = unsettled(sim);
    if (left.length === 0) return;
    if (sim.context.time.elapsed >= until) return sim.context.violated('L1', `${step}: ${left.join('; ')}`);
    await sim.run(500);
  }
}

/** Beside what the oracles see: a service whose worker still has something to do, and drained machines. */
function unsettled({ oracles, agents }: SimWorld): readonly string[] {
  const draining = [...oracles.committed.reservations.values()].filter(
    ({ status, tasks }) =>
      status === 'DRAINING' && tasks.some(({ taskId }) => oracles.committed.tasks.get(taskId)?.slot !== undefined),
  );
  const away = agents.filter(
    ({ isDestroyed, instanceId = '' }) => !isDestroyed && !oracles.committed.reservations.get(instanceId)?.schedulable,
  );
  return [
    ...oracles.differences(),
    ...draining.map(({ instanceId }) => `${instanceId.slice(0, 6)} is not drained`),
    ...away.map(({ name }) => `${name} takes no tasks`),
  ];
}

export async function create(sim: SimWorld, name: string, desiredCount: number): Promise<void> {
  await ask(sim, `create ${name} x${desiredCount}`, ({ deps }) =>
    createService(deps, {
      cluster,
      name,
      taskDefinition: 'web:1',
      desiredCount,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      tags: [],
      createdBy: 'sim',
      clientToken: `create-${name}`,
    }),
  );
}

export async function run(sim: SimWorld, count: number, clientToken = 'run'): Promise<readonly string[]> {
  const answer = await ask(sim, `run ${count} tasks`, ({ deps }) =>
    runTask(deps, {
      cluster,
      taskDefinition: 'web:1',
      count,
      launchType: 'EC2',
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      tags: [],
      clientToken,
    }),
  );
  return (answer?.tasks ?? []).map(({ task }) => task.taskId).sort();
}

export async function update(
  sim: SimWorld,
  name: string,
  changes: { readonly desiredCount?: number; readonly taskDefinition?: string },
): Promise<void> {
  await ask(sim, `update ${name} ${JSON.stringify(changes)}`, ({ deps }) =>
    updateService(deps, { cluster, name, ...changes, forceNewDeployment: false }),
  );
}

async function setState(sim: SimWorld, agent: SimAgent | undefined, state: 'ACTIVE' | 'DRAINING'): Promise<void> {
  const instanceId = agent?.lastInstanceId ?? '';
  await ask(sim, `${agent?.name} ${state}`, ({ deps }) => setInstanceState(deps, cluster, instanceId, state));
}

function crashContainer({ agents, oracles, context }: SimWorld, service: string): void {
  for (const { machine } of agents) {
    const victim = machine
      .list()
      .find(({ state, labels }) => state === 'running' && labels.group === `service:${service}`);
    if (!victim) continue;
    context.trace(`${victim.name} crashes`);
    oracles.machines.byNemesis(() => machine.exit(victim.name, 1));
    return;
  }
}
