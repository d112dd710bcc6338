import { CreateServiceCommand, DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { given, instancesThere, registerMain, untilStable } from '#test/support/e2e-ecs.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const DESIRED = 8;
const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 150 };

it('a rolling update, never has fewer tasks running than the minimum nor more wanted than the maximum', async () => {
  const { ecs } = await startStack();
  await instancesThere(ecs, 1);
  await registerMain(ecs, 'rolling');
  const service = { serviceName: 'rolling', taskDefinition: 'rolling', desiredCount: DESIRED, deploymentConfiguration };
  await ecs.send(new CreateServiceCommand(service));
  await untilStable(ecs, 'rolling');
  // Slow to start, so that the update is seen under way.
  await registerMain(ecs, 'rolling', { environment: [{ name: 'BERTH_SIM_START_DELAY_MS', value: '150' }] });
  await ecs.send(new UpdateServiceCommand({ service: 'rolling', taskDefinition: 'rolling' }));

  const seen: { readonly running: number; readonly wanted: number }[] = [];
  const look = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ services: ['rolling'] }));
    const { runningCount, pendingCount, deployments = [], taskDefinition } = given(services?.[0]);
    seen.push({ running: given(runningCount), wanted: given(runningCount) + given(pendingCount) });
    return { runningCount, deployments, taskDefinition };
  };
  const { value: last } = await waitUntil(
    'the rolled out revision',
    look,
    ({ deployments }) => deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED',
    { withinMs: 20_000, everyMs: 10 },
  );
  expect(last.runningCount).toBe(DESIRED);
  expect(last.taskDefinition).toMatch(/task-definition\/rolling:2$/);
  const running = seen.map((counts) => counts.running);
  expect(Math.min(...running)).toBeGreaterThanOrEqual(DESIRED * 0.5);
  expect(Math.max(...seen.map(({ wanted }) => wanted))).toBeLessThanOrEqual(DESIRED * 1.5);
  expect(new Set(running).size, 'different counts on the way').toBeGreaterThan(1);
});
