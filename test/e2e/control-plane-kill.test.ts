import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  RunTaskCommand,
  StartTaskCommand,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Acknowledged, startLoad } from '#test/support/chaos-load.ts';
import { freePort } from '#test/support/chaos-port.ts';
import { type TaskProcess, taskProcesses } from '#test/support/chaos-processes.ts';
import { describeSeen, registerSleeper, runningOf, type SeenTask, seenTasks } from '#test/support/chaos-tasks.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const KILLS = 20;
const AGENTS = 2;
const STEADY = 'steady';
const STEADY_TASKS = 10;
const FAMILY = 'sleeper';

describe('a control plane that is killed twenty times under load', () => {
  let stack: RunningStack;
  let ecs: ECSClient;
  let args: readonly string[];
  let instances: readonly string[];
  let steady: readonly SeenTask[];
  let steadyProcesses: readonly TaskProcess[];
  let acknowledged: Acknowledged;
  let seen: readonly SeenTask[];

  const processes = (): readonly TaskProcess[] => taskProcesses(stack.dataDir);
  const processesOf = (tasks: readonly SeenTask[]): readonly TaskProcess[] => {
    const ids = new Set(tasks.map(({ id }) => id));
    return processes()
      .filter(({ taskId }) => ids.has(taskId))
      .toSorted((a, b) => a.pid - b.pid);
  };

  beforeAll(async () => {
    const pace = ['--runtime', 'process', '--time-scale', '0.5'];
    args = [...pace, '--port', String(await freePort()), '--agents', String(AGENTS), '--agent-size', '8192,16384'];
    stack = await startStack({ args });
    // One client for all lives of the control plane: its address and its keys must stay the same.
    ecs = stack.ecs;
    await registerSleeper(ecs, FAMILY);
    const listed = await waitUntil(
      'the agents joined',
      () => ecs.send(new ListContainerInstancesCommand({ status: 'ACTIVE' })),
      ({ containerInstanceArns = [] }) => containerInstanceArns.length === AGENTS,
      { withinMs: 15_000 },
    );
    instances = listed.value.containerInstanceArns ?? [];
    await ecs.send(
      new CreateServiceCommand({ serviceName: STEADY, taskDefinition: FAMILY, desiredCount: STEADY_TASKS / 2 }),
    );
    await ecs.send(new RunTaskCommand({ taskDefinition: FAMILY, count: STEADY_TASKS / 2, startedBy: STEADY }));
    const isUp = (tasks: readonly SeenTask[]): boolean => runningOf(tasks).length === STEADY_TASKS;
    steady = sorted((await waitUntil('long-lived tasks', () => seenTasks(ecs), isUp, { withinMs: 20_000 })).value);
    steadyProcesses = processesOf(steady);

    const load = startLoad(ecs, FAMILY);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await rollCall();
      // Never at the same point of what goes on.
      await pause((kill * 37) % 300);
      await stack.kill();
      expect(doubles(processes())).toEqual([]);
      stack = await startStack({ args, dataDir: stack.dataDir });
    }
    acknowledged = await load.finish();
    await waitUntil('everything is as it was acknowledged', unsettled, ({ length }) => length === 0, {
      withinMs: 30_000,
    });
    seen = await seenTasks(ecs);
    process.stdout.write(
      `${KILLS} kills: ${acknowledged.runs.size} RunTask, ${acknowledged.stops.size} StopTask and the last state of ` +
        `${acknowledged.services.size} services kept, ${acknowledged.retries} calls repeated\n`,
    );
  });

  /** Each agent starts one more task, so each is known to have come back to this life of the control plane. */
  const rollCall = async (): Promise<void> => {
    let missing: readonly string[] = instances;
    const started: string[] = [];
    // On a busy machine a life may begin later than a lease ends; then the agent has to be heard from first.
    await waitUntil(
      'every agent takes its task',
      async () => {
        const request = { taskDefinition: FAMILY, containerInstances: [...missing], startedBy: 'roll-call' };
        const { tasks = [], failures = [] } = await ecs.send(new StartTaskCommand(request));
        started.push(...tasks.map(({ taskArn }) => taskArn ?? ''));
        missing = failures.map(({ arn }) => arn ?? '');
        return failures.map(({ reason }) => reason);
      },
      (reasons) => reasons.length === 0,
      { withinMs: 30_000, everyMs: 200 },
    );
    await waitUntil(
      'every agent starts its task',
      () => describeSeen(ecs, started),
      (called) => runningOf(called).length === instances.length,
      { withinMs: 15_000, everyMs: 20 },
    );
  };

  /** What is not yet as clients were told it would be. */
  const unsettled = async (): Promise<readonly string[]> => {
    const tasks = await seenTasks(ecs);
    const moving = tasks.filter(({ lastStatus, desiredStatus }) => lastStatus !== desiredStatus);
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ services: [...acknowledged.services.keys(), STEADY] }),
    );
    const running = new Set(runningOf(tasks).map(idOfTask));
    const live = processes().map(({ taskId }) => taskId);
    return [
      ...live.filter((id) => !running.has(id)).map((id) => `a process of ${id}, which does not run`),
      ...moving.map((it) => `${it.group} ${it.id} ${it.lastStatus} to ${it.desiredStatus} ${it.containerReason ?? ''}`),
      ...services
        .filter(({ runningCount, desiredCount }) => runningCount !== desiredCount)
        .map((it) => `${it.serviceName}: ${it.runningCount} of ${it.desiredCount}, ${it.events?.[0]?.message}`),
    ];
  };

  it('keeps every acknowledged RunTask: each client token has made exactly the tasks it was answered', () => {
    const byToken = Map.groupBy(seen, ({ startedBy }) => startedBy ?? '');
    const made = [...acknowledged.runs.keys()].map((token) => [
      token,
      (byToken.get(token) ?? []).map(idOfTask).toSorted(),
    ]);
    expect(made).toEqual([...acknowledged.runs]);
    const tokens = [...byToken.keys()].filter((startedBy) => startedBy.startsWith('run-'));
    expect(tokens.length).toBe(acknowledged.runs.size);
  });

  it('keeps every acknowledged StopTask, with its reason', () => {
    const stopped = seen.filter(({ id }) => acknowledged.stops.has(id));
    expect(new Map(stopped.map(({ id, stoppedReason }) => [id, stoppedReason]))).toEqual(new Map(acknowledged.stops));
    expect(stopped.every(({ lastStatus }) => lastStatus === 'STOPPED')).toBe(true);
  });

  it('keeps the newest acknowledged state of every service, and runs it', async () => {
    const names = [...acknowledged.services.keys()];
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ services: names }));
    const counts = services.map((it) => [it.serviceName, it.desiredCount, it.runningCount]);
    expect(counts).toEqual([...acknowledged.services].map(([name, count]) => [name, count, count]));
  });

  it('restarts no container: the long-lived tasks are the same processes since the same moment', () => {
    const ids = new Set(steady.map(idOfTask));
    expect(sorted(seen.filter(({ id }) => ids.has(id)))).toEqual(steady);
    expect(processesOf(steady)).toEqual(steadyProcesses);
    expect(steadyProcesses).toHaveLength(STEADY_TASKS);
  });

  it('runs nothing twice and nothing that is stopped: one process per running task and no other', () => {
    const live = processes().map(({ taskId }) => taskId);
    expect(live.toSorted()).toEqual(runningOf(seen).map(idOfTask).toSorted());
  });
});

const idOfTask = ({ id }: SeenTask): string => id;
const sorted = (tasks: readonly SeenTask[]): readonly SeenTask[] => tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Tasks that more than one process runs for. */
const doubles = (processes: readonly TaskProcess[]): readonly string[] =>
  [...Map.groupBy(processes, ({ taskId }) => taskId)].filter(([, some]) => some.length > 1).map(([taskId]) => taskId);
