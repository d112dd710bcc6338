import { setTimeout as pause } from 'node:timers/promises';
import { CreateServiceCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { timingsAt } from '#core/timings.ts';
import { freePort } from '#test/support/chaos-port.ts';
import { taskProcesses } from '#test/support/chaos-processes.ts';
import { registerSleeper, runningOf, type SeenTask, seenTasks } from '#test/support/chaos-tasks.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TIME_SCALE = 0.1;
const TASKS = 12;
const SERVICE = 'steady';
const { lease, heartbeat, serverMargin, sweep } = timingsAt(TIME_SCALE);
/** Every lease is over by then, and the server's margin too. */
const OUTAGE_MS = 2 * (lease + serverMargin);

describe('a control plane that is away for longer than every lease', () => {
  let stack: RunningStack;
  let args: readonly string[];

  const running = async (): Promise<readonly SeenTask[]> =>
    runningOf(await seenTasks(stack.ecs)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const processes = () => taskProcesses(stack.dataDir).toSorted((a, b) => a.pid - b.pid);

  beforeAll(async () => {
    const machines = ['--runtime', 'process', '--agents', '3', '--agent-size', '4096,4096'];
    args = [...machines, '--time-scale', String(TIME_SCALE), '--port', String(await freePort())];
    stack = await startStack({ args });
    await registerSleeper(stack.ecs, SERVICE);
    await stack.ecs.send(
      new CreateServiceCommand({
        serviceName: SERVICE,
        taskDefinition: SERVICE,
        desiredCount: TASKS,
        placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      }),
    );
    const isUp = (tasks: readonly SeenTask[]): boolean => tasks.length === TASKS;
    await waitUntil('the service runs', running, isUp, { withinMs: 15_000 });
  });

  it('back again, takes nobody for lost who kept running: no task ends and no container is restarted', async () => {
    const before = { tasks: await running(), processes: processes() };
    await stack.kill();
    await pause(OUTAGE_MS);
    expect(processes()).toEqual(before.processes);
    stack = await startStack({ args, dataDir: stack.dataDir });
    // Long enough for every agent to be back and for two sweeps and several renewals to look at the leases.
    await pause(lease + 2 * heartbeat + 2 * sweep);
    expect(await running()).toEqual(before.tasks);
    expect(processes()).toEqual(before.processes);
  });
});
