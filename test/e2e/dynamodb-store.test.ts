import { spawnSync } from 'node:child_process';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  StopTaskCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { runningOf, seenTasks } from '#test/support/chaos-tasks.ts';
import { instancesThere, registerMain, waiting } from '#test/support/e2e-ecs.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const hasJava = spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
const missing = hasJava ? undefined : 'no Java (install default-jre-headless, 17 or later)';

it.runIf(runnable('the stack on DynamoDB Local', missing))(
  'on DynamoDB and SQS emulators, a service starts, replaces a stopped task and ends',
  async () => {
    // Endpoints of the shell would send the stack to somebody else's emulators.
    const env = { AWS_ENDPOINT_URL_DYNAMODB: '', AWS_ENDPOINT_URL_SQS: '' };
    const args = ['--store', 'dynamodb', '--runtime', 'simulated', '--agents', '2', '--time-scale', '0.2'];
    const stack = await startStack({ args, env });
    const { ecs } = stack;
    await instancesThere(ecs, 2);
    await registerMain(ecs, 'web');
    await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
    expect((await waitUntilServicesStable(waiting(ecs), { services: ['web'] })).state).toBe('SUCCESS');
    const running = async () => runningOf(await seenTasks(ecs, { serviceName: 'web' }));
    const before = await running();
    expect(before).toHaveLength(3);

    const stopped = before[0]?.id ?? '';
    await ecs.send(new StopTaskCommand({ task: stopped, reason: 'to be replaced' }));
    expect((await waitUntilTasksStopped(waiting(ecs), { tasks: [stopped] })).state).toBe('SUCCESS');
    const { value: after } = await waitUntil('a replacement', running, (tasks) => tasks.length === 3, {
      withinMs: 20_000,
    });
    expect(after.filter(({ id }) => before.some((task) => task.id === id))).toHaveLength(2);

    await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }));
    expect((await waitUntilServicesInactive(waiting(ecs), { services: ['web'] })).state).toBe('SUCCESS');
    const { services } = await ecs.send(new DescribeServicesCommand({ services: ['web'] }));
    expect(services).toMatchObject([{ status: 'INACTIVE', runningCount: 0 }]);
    const ids = after.map(({ id }) => id);
    expect((await waitUntilTasksStopped(waiting(ecs), { tasks: ids })).state).toBe('SUCCESS');
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: [...ids, stopped] }));
    expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(Array.from({ length: 4 }, () => 'STOPPED'));
    await stack.stop();
  },
);
