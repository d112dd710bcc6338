import { stopTask } from '#control/tasks/stop-task.ts';
import { GO } from '../ports/port-call.ts';
import { run, settled } from '../reference/reference-scenario.ts';
import { ask } from '../reference/scripted-client.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { inTurn, runningTasks, scripted } from './scripted.ts';

const SLOW_MS = 4_000;
const STEPS = ['pull', 'saveBook', 'create', 'start'] as const;

/**
 * A task is stopped while a step of its start is in flight (rule R9): whenever the stop comes, nothing is left that
 * runs, and STOPPED is reported only when nothing can start any more.
 */
export const stopDuringStart: DirectedPlan = inTurn(
  'stop during start',
  STEPS.flatMap((step) =>
    (['delay', 'lose-answer'] as const).map((fault) =>
      scripted(`${step}, ${fault}`, 2, (sim) => stopWhile(sim, step, fault)),
    ),
  ),
);

async function stopWhile(sim: SimWorld, step: (typeof STEPS)[number], fault: 'delay' | 'lose-answer'): Promise<void> {
  const { seam, rng } = sim.context;
  watchStarts(sim);
  let isReached = false;
  seam.plan = ({ operation, host }) => {
    if (operation !== step || host === undefined) return GO;
    isReached = true;
    return fault === 'delay' ? { kind: 'delay', ms: SLOW_MS } : { kind: 'lose-answer' };
  };
  for (let round = 0; round < 4 && !sim.isOver(); round += 1) {
    const tasks = await run(sim, 3, `run-${round}`);
    await sim.run(rng.between(0, fault === 'delay' ? SLOW_MS + 200 : 250));
    for (const taskId of tasks) await ask(sim, `stop ${taskId}`, ({ deps }) => stopTask(deps, 'default', taskId));
    await settled(sim, `stopped during ${step}`);
  }
  seam.plan = () => GO;
  if (!isReached) sim.context.violated('plan', `no ${step} was in flight`);
  const left = runningTasks(sim);
  if (left.length > 0) sim.context.violated('R9', `${left.length} containers run although every task was stopped`);
}

/** A container that starts after its task was reported STOPPED. */
function watchStarts({ agents, oracles, context }: SimWorld): void {
  for (const { name, machine } of agents) {
    machine.watch((_owner, taskId) => {
      const isRunning = machine.list().some(({ labels, state }) => labels.task === taskId && state === 'running');
      if (isRunning && oracles.committed.observations.get(taskId)?.status === 'STOPPED')
        context.violated('R9', `${taskId.slice(0, 6)} runs on ${name} after it was reported STOPPED`);
    });
  }
}
