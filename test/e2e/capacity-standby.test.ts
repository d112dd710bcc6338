import { CreateServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { agentPids } from '#test/support/chaos-processes.ts';
import { registerSleeper, runningOf, seenTasks } from '#test/support/chaos-tasks.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

it('cluster with one agent in standby, as its machines fill, keeps one free until the maximum', async () => {
  const bounds = ['--agents', '1', '--max-agents', '3', '--standby-agents', '1', '--agent-size', '1024,1024'];
  const stack = await startStack({ args: [...bounds, '--runtime', 'simulated', '--time-scale', '0.1'] });
  const picture = async () => ({
    running: runningOf(await seenTasks(stack.ecs, { serviceName: 'web' })).length,
    agents: agentPids(stack.dataDir).length,
  });
  const reach = (running: number, agents: number) =>
    waitUntil(
      `${running} tasks on ${agents} agents`,
      picture,
      (now) => now.running === running && now.agents === agents,
      {
        withinMs: 20_000,
      },
    );
  await registerSleeper(stack.ecs, 'web', { cpu: 1024, memory: 512 });
  await stack.ecs.send(new CreateServiceCommand({ serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }));
  await reach(1, 2);
  await stack.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 3 }));
  const { value } = await reach(3, 3);
  expect(value).toEqual({ running: 3, agents: 3 });
});
