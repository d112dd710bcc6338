import { CreateServiceCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { timingsAt } from '#core/timings.ts';
import { activeInstances } from '#test/support/active-instances.ts';
import { type JoinedAgent, joinAgent } from '#test/support/chaos-agent.ts';
import { taskProcesses } from '#test/support/chaos-processes.ts';
import { registerSleeper, runningOf, type SeenTask, seenTasks } from '#test/support/chaos-tasks.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TIME_SCALE = 0.2;
const TASKS = 10;
const SERVICE = 'failover';
const { lease } = timingsAt(TIME_SCALE);
const MOVED_WITHIN_MS = lease + 5_000;

describe('two agents with five tasks each', () => {
  let stack: RunningStack;
  let staying: JoinedAgent;
  let dying: JoinedAgent;

  const join = (name: string): JoinedAgent => joinAgent(stack, { name, runtime: 'process', timeScale: TIME_SCALE });
  const running = async (): Promise<readonly SeenTask[]> =>
    runningOf(await seenTasks(stack.ecs, { serviceName: SERVICE }));
  const perInstance = (tasks: readonly SeenTask[]): readonly number[] =>
    [...Map.groupBy(tasks, ({ instanceArn }) => instanceArn).values()].map(({ length }) => length);
  const idsOf = (agent: JoinedAgent): readonly string[] =>
    taskProcesses(agent.stateDir)
      .map(({ taskId }) => taskId)
      .toSorted();

  beforeAll(async () => {
    stack = await startStack({ args: ['--agents', '0', '--time-scale', String(TIME_SCALE)] });
    staying = join('staying');
    dying = join('dying');
    await waitUntil(
      'both agents joined',
      () => activeInstances(stack),
      (count) => count === 2,
      { withinMs: 15_000 },
    );
    await registerSleeper(stack.ecs, SERVICE);
    await stack.ecs.send(
      new CreateServiceCommand({
        serviceName: SERVICE,
        taskDefinition: SERVICE,
        desiredCount: TASKS,
        placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      }),
    );
    const isSpread = (tasks: readonly SeenTask[]): boolean => perInstance(tasks).join() === '5,5';
    await waitUntil('five tasks on each agent', running, isSpread, { withinMs: 15_000 });
  });

  it('one agent killed, all ten tasks run on the other within the lease and five seconds', async () => {
    const orphaned = idsOf(dying);
    await dying.kill();
    const isMoved = (tasks: readonly SeenTask[]): boolean =>
      tasks.length === TASKS && perInstance(tasks).length === 1 && tasks.every(({ id }) => !orphaned.includes(id));
    const { value, elapsedMs } = await waitUntil('all tasks on the other agent', running, isMoved, {
      withinMs: MOVED_WITHIN_MS,
    });
    process.stdout.write(
      `agent killed: ${TASKS} tasks run elsewhere after ${Math.round(elapsedMs)} ms (lease ${lease} ms)\n`,
    );
    expect(idsOf(staying)).toEqual(value.map(({ id }) => id).toSorted());
    // Nobody could tell the dead agent's containers to stop, so they run on until it is back.
    expect(idsOf(dying)).toEqual(orphaned);
  });

  it('the killed agent started again, stops the five tasks it still ran and disturbs no other', async () => {
    const kept = taskProcesses(staying.stateDir);
    dying = join('dying');
    await waitUntil(
      'the returned agent stops its old tasks',
      () => idsOf(dying),
      (ids) => ids.length === 0,
      {
        withinMs: 10_000,
      },
    );
    await waitUntil(
      'both agents are connected',
      () => activeInstances(stack),
      (count) => count === 2,
      {
        withinMs: 5_000,
      },
    );
    expect(taskProcesses(staying.stateDir)).toEqual(kept);
    expect((await running()).map(({ id }) => id).toSorted()).toEqual(idsOf(staying));
  });
});
