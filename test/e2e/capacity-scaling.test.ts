import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  paginateListContainerInstances,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { allPages } from '#cli/pages.ts';
import { timingsAt } from '#core/timings.ts';
import { agentPids } from '#test/support/chaos-processes.ts';
import { registerSleeper, runningOf, type SeenTask, seenTasks } from '#test/support/chaos-tasks.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TIME_SCALE = 0.1;
const SERVICE = 'growing';
const MIN = 1;
const MAX = 3;
/** Of 512 units and MiB each on machines of 1,024. */
const TASKS_PER_MACHINE = 2;
const { machineIdle, sweep } = timingsAt(TIME_SCALE);

interface Picture {
  readonly tasks: readonly SeenTask[];
  readonly running: number;
  /** Container instances that clients see. */
  readonly instances: number;
  /** Agent processes that the kernel sees, when each has its machine's directory and no other is left. */
  readonly agents: number | undefined;
}

describe(`a cluster of ${MIN} to ${MAX} machines with room for ${TASKS_PER_MACHINE} tasks each`, () => {
  let stack: RunningStack;

  const picture = async (): Promise<Picture> => {
    const tasks = await seenTasks(stack.ecs, { serviceName: SERVICE });
    const agents = agentPids(stack.dataDir).length;
    const directories = readdirSync(path.join(stack.dataDir, 'agents')).length;
    const live = tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
    return {
      tasks: live,
      running: runningOf(live).length,
      instances: await activeInstances(stack),
      agents: agents === directories ? agents : undefined,
    };
  };
  const scaleTo = (desiredCount: number) =>
    stack.ecs.send(new UpdateServiceCommand({ service: SERVICE, desiredCount }));
  const reach = (what: string, wanted: Omit<Picture, 'tasks'>, withinMs: number) =>
    waitUntil(
      what,
      picture,
      ({ running, instances, agents }) =>
        running === wanted.running && instances === wanted.instances && agents === wanted.agents,
      { withinMs },
    );
  const messages = async (): Promise<readonly string[]> => {
    const { services = [] } = await stack.ecs.send(new DescribeServicesCommand({ services: [SERVICE] }));
    return (services[0]?.events ?? []).map(({ message }) => message ?? '');
  };

  beforeAll(async () => {
    const bounds = ['--agents', String(MIN), '--max-agents', String(MAX), '--agent-size', '1024,1024'];
    stack = await startStack({ args: [...bounds, '--runtime', 'simulated', '--time-scale', String(TIME_SCALE)] });
    await registerSleeper(stack.ecs, SERVICE, { cpu: 512, memory: 512 });
    await stack.ecs.send(
      new CreateServiceCommand({ serviceName: SERVICE, taskDefinition: SERVICE, desiredCount: TASKS_PER_MACHINE }),
    );
    await reach('what fits on one machine', { running: TASKS_PER_MACHINE, instances: MIN, agents: MIN }, 15_000);
  });

  it('service larger than its machines, more machines are started until it fits', async () => {
    await scaleTo(TASKS_PER_MACHINE * MAX);
    const { elapsedMs } = await reach(
      'room for all tasks',
      { running: TASKS_PER_MACHINE * MAX, instances: MAX, agents: MAX },
      20_000,
    );
    process.stdout.write(`from ${MIN} to ${MAX} machines with all tasks running: ${Math.round(elapsedMs)} ms\n`);
    // The one machine there was had no room, and the service said so before the others came.
    expect(await messages()).toContainEqual(
      expect.stringMatching(/unable to place a task because .*RESOURCE:CPU on 1/),
    );
  });

  it('service larger than the maximum, stays at the maximum and says on service and task what is missing', async () => {
    await scaleTo(TASKS_PER_MACHINE * MAX + 2);
    const full = { running: TASKS_PER_MACHINE * MAX, instances: MAX, agents: MAX };
    const isExplained = ({ tasks }: Picture): boolean =>
      tasks.filter(({ containerReason }) => containerReason?.includes(`RESOURCE:CPU on ${MAX} of ${MAX}`)).length === 2;
    const { value } = await waitUntil('the reason on both waiting tasks', picture, isExplained, { withinMs: 10_000 });
    const waiting = value.tasks.filter(({ lastStatus }) => lastStatus !== 'RUNNING');
    expect(waiting.map(({ lastStatus }) => lastStatus)).toEqual(['PROVISIONING', 'PROVISIONING']);
    await waitUntil(
      'the reason on the service',
      messages,
      ([newest]) => /unable to place a task because .*RESOURCE:CPU on 3 of 3/.test(newest ?? ''),
      { withinMs: 10_000 },
    );
    // Two further sweeps buy no fourth machine and lose no task.
    await pause(2 * sweep);
    const { tasks: _tasks, ...later } = await picture();
    expect(later).toEqual(full);
  });

  it('service scaled in, idle machines are drained and their processes end, down to the minimum', async () => {
    await scaleTo(MIN);
    const { value, elapsedMs } = await reach(
      'the minimum of machines',
      { running: MIN, instances: MIN, agents: MIN },
      machineIdle + 3 * sweep + 15_000,
    );
    process.stdout.write(`from ${MAX} to ${MIN} machines: ${Math.round(elapsedMs)} ms (idle time ${machineIdle} ms)\n`);
    expect(value.tasks).toHaveLength(MIN);
    expect(elapsedMs).toBeGreaterThan(machineIdle);
  });
});

async function activeInstances({ ecs }: RunningStack): Promise<number> {
  const pages = paginateListContainerInstances({ client: ecs }, {});
  const containerInstances = await allPages(pages, (page) => page.containerInstanceArns);
  if (containerInstances.length === 0) return 0;
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ containerInstances: [...containerInstances] }),
  );
  return (described.containerInstances ?? []).filter(({ status }) => status === 'ACTIVE').length;
}
