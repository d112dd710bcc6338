import { CreateServiceCommand, DescribeServicesCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { javaIsThere } from '#test/support/dynamodb-local.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const ARGS = ['--store', 'dynamodb', '--agents', '1', '--runtime', 'simulated', '--time-scale', '0.2'];

async function runningTasks({ ecs }: RunningStack): Promise<number | undefined> {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ services: ['web'] }));
  return services[0]?.runningCount;
}

const untilThreeRun = (what: string, stack: RunningStack) =>
  waitUntil(
    what,
    () => runningTasks(stack),
    (count) => count === 3,
    { withinMs: 30_000 },
  );

async function serviceOfThree(stack: RunningStack): Promise<void> {
  await stack.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'web', cpu: 64, memory: 64 }],
    }),
  );
  await stack.ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }));
  await untilThreeRun('three running tasks', stack);
}

describe.runIf(javaIsThere())('a stack on DynamoDB, its stream and SQS', () => {
  it('a service of three, it runs, outlives a kill of the control plane and can be made again after a reset', async () => {
    const first = await startStack({ args: ARGS });
    await serviceOfThree(first);
    expect(first.output()).not.toContain('"level":"ERROR"');

    await first.kill();
    const second = await startStack({ args: ARGS, dataDir: first.dataDir });
    await untilThreeRun('the same three', second);

    const reset = await fetch(`${second.endpoint}/_local/reset`, { method: 'POST' });
    expect(reset.status).toBe(200);
    await serviceOfThree(second);
    await second.stop();
  });
});
