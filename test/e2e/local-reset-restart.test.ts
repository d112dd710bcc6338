import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  DeleteServiceCommand,
  DescribeServicesCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilTasksRunning,
} from '@aws-sdk/client-ecs';
import { AppsV1Api, KubeConfig } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { agentPids, taskProcesses } from '#test/support/chaos-processes.ts';
import type { SeenTask } from '#test/support/chaos-tasks.ts';
import {
  createService,
  instancesThere,
  registerMain,
  runningTasks,
  taskArns,
  untilStable,
  waiting,
} from '#test/support/e2e-ecs.ts';
import { startStack } from '#test/support/running-stack.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

/** What must not change when only the control plane and the agents are started again. */
const lives = (tasks: readonly SeenTask[]) =>
  tasks
    .map(({ id, runtimeId, startedAt, instanceArn }) => ({ id, runtimeId, startedAt, instanceArn }))
    .toSorted((left, right) => left.id.localeCompare(right.id));

describe.each(['simulated', 'process'])('a stack with the %s runtime, stopped and started again', (runtime) => {
  it('keeps services, revisions and tasks, takes its containers back and goes on', async () => {
    const args = ['--runtime', runtime, '--agents', '2', '--time-scale', '0.2'];
    const first = await startStack({ args });
    await instancesThere(first.ecs, 2);
    await registerMain(first.ecs, 'kept');
    await registerMain(first.ecs, 'kept');
    await createService(first.ecs, 'kept', 3);
    await untilStable(first.ecs, 'kept');
    const { tasks } = await first.ecs.send(new RunTaskCommand({ taskDefinition: 'kept:1', clientToken: 'kept' }));
    await waitUntilTasksRunning(waiting(first.ecs), { tasks: taskArns(tasks) });
    const before = lives(await runningTasks(first.ecs));
    expect(before).toHaveLength(4);
    await first.stop();

    const second = await startStack({ args, dataDir: first.dataDir });
    expect(second.credentials).toEqual(first.credentials);
    await untilStable(second.ecs, 'kept');
    expect(lives(await runningTasks(second.ecs))).toEqual(before);
    const { services } = await second.ecs.send(new DescribeServicesCommand({ services: ['kept'] }));
    expect(services).toMatchObject([{ desiredCount: 3, deployments: [{ failedTasks: 0 }] }]);
    expect((await registerMain(second.ecs, 'kept')).revision).toBe(3);
    const again = await second.ecs.send(new RunTaskCommand({ taskDefinition: 'kept:1', clientToken: 'kept' }));
    expect(taskArns(again.tasks)).toEqual(taskArns(tasks));

    await second.ecs.send(new UpdateServiceCommand({ service: 'kept', taskDefinition: 'kept:3', desiredCount: 2 }));
    await untilStable(second.ecs, 'kept');
    expect(lives(await runningTasks(second.ecs))).toHaveLength(3);
    await second.ecs.send(new DeleteServiceCommand({ service: 'kept', force: true }));
    await waitUntilServicesInactive(waiting(second.ecs), { services: ['kept'] });
    await second.stop();
  });
});

describe('the end of a stack', () => {
  it('whose output nobody reads any more, is in order all the same', async () => {
    const stack = await startStack({ args: ['--runtime', 'simulated', '--agents', '0'] });
    stack.child.stdout?.destroy();
    stack.child.stderr?.destroy();
    await stack.stop();
  });

  it('by berth down, leaves no service, no task and no process', async () => {
    const stack = await startStack({ args: ['--runtime', 'process', '--time-scale', '0.2'] });
    await instancesThere(stack.ecs, 1);
    await registerMain(stack.ecs, 'web');
    await createService(stack.ecs, 'web', 2);
    await untilStable(stack.ecs, 'web');
    const { tasks } = await stack.ecs.send(new RunTaskCommand({ taskDefinition: 'web' }));
    await waitUntilTasksRunning(waiting(stack.ecs), { tasks: taskArns(tasks) });
    expect(taskProcesses(stack.dataDir)).toHaveLength(3);

    const { stdout } = await exec(process.execPath, [BIN, 'down', '--data-dir', stack.dataDir], { timeout: 60_000 });
    expect(stdout).toContain('stopped');
    expect(taskProcesses(stack.dataDir)).toEqual([]);
    expect(agentPids(stack.dataDir)).toEqual([]);
    // The process has ended by itself already; this asserts how.
    await stack.stop();
  });

  it('by berth down, deletes deployments before they start their pods again', async () => {
    const stack = await startStack({ args: ['--runtime', 'process'] });
    await instancesThere(stack.ecs, 1);
    const config = new KubeConfig();
    config.loadFromFile(path.join(stack.dataDir, 'kubeconfig'));
    const apps = config.makeApiClient(AppsV1Api);
    const selector = { app: 'web' };
    const command = ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'];
    const template = { metadata: { labels: selector }, spec: { containers: [{ name: 'web', image: 'web', command }] } };
    const spec = { replicas: 2, selector: { matchLabels: selector }, template };
    await apps.createNamespacedDeployment({ namespace: 'default', body: { metadata: { name: 'web' }, spec } });
    await expect.poll(() => taskProcesses(stack.dataDir).length, { timeout: 30_000 }).toBe(2);

    const { stdout } = await exec(process.execPath, [BIN, 'down', '--data-dir', stack.dataDir], { timeout: 60_000 });
    expect(stdout).toContain('stopped');
    expect(taskProcesses(stack.dataDir)).toEqual([]);
    await stack.stop();
    const again = await startStack({ args: ['--runtime', 'process'], dataDir: stack.dataDir });
    config.loadFromFile(path.join(again.dataDir, 'kubeconfig'));
    const left = await config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace: 'default' });
    expect(left.items).toEqual([]);
    await again.stop();
  });
});
