import {
  CreateServiceCommand,
  GetTaskProtectionCommand,
  ListTasksCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { given, instancesThere, registerMain, taskArns, untilStable } from '#test/support/e2e-ecs.ts';
import { startStack } from '#test/support/running-stack.ts';

it('a protected task, survives a scale-in, and what can not be protected comes back as a failure', async () => {
  const { ecs } = await startStack();
  await instancesThere(ecs, 1);
  await registerMain(ecs, 'web');
  await ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
  await untilStable(ecs, 'web');
  const { taskArns: running = [] } = await ecs.send(new ListTasksCommand({ serviceName: 'web' }));
  const kept = given(running[1]);
  const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'web' }));
  const [standalone = ''] = taskArns(tasks);
  const cluster = 'default';
  const { protectedTasks, failures } = await ecs.send(
    new UpdateTaskProtectionCommand({
      cluster,
      tasks: [kept, standalone],
      protectionEnabled: true,
      expiresInMinutes: 60,
    }),
  );
  expect(protectedTasks).toMatchObject([{ taskArn: kept, protectionEnabled: true, expirationDate: expect.any(Date) }]);
  expect(failures).toMatchObject([{ arn: standalone, reason: 'TASK_NOT_VALID' }]);
  await ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 1 }));
  await untilStable(ecs, 'web');
  const { taskArns: left } = await ecs.send(new ListTasksCommand({ serviceName: 'web' }));
  expect(left).toEqual([kept]);
  const read = await ecs.send(new GetTaskProtectionCommand({ cluster, tasks: [kept] }));
  expect(read.protectedTasks).toMatchObject([{ taskArn: kept, protectionEnabled: true }]);
  await ecs.send(new UpdateTaskProtectionCommand({ cluster, tasks: [kept], protectionEnabled: false }));
  const after = await ecs.send(new GetTaskProtectionCommand({ cluster, tasks: [kept] }));
  expect(after.protectedTasks).toMatchObject([{ taskArn: kept, protectionEnabled: false }]);
});
