import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Service,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { Rng } from '#test/sim/world/scheduler.ts';
import { contend, type Ring } from '#test/support/contending-client.ts';
import { ContentionWatch } from '#test/support/contention-watch.ts';
import { given, instancesThere, registerMain } from '#test/support/e2e-ecs.ts';
import { ecsClient } from '#test/support/ecs-client.ts';
import { startStack } from '#test/support/running-stack.ts';
import { StoreAudit } from '#test/support/store-audit.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const CLIENTS = 20;
const AGENTS = 4;
/** `CONCURRENCY_SECONDS=60` is the whole proof; what runs with every other test is a share of it. */
const SECONDS = Number(process.env['CONCURRENCY_SECONDS'] ?? 10);
const SEED = Number(process.env['CONCURRENCY_SEED'] ?? 1);
const SERVICES = ['a', 'b', 'c', 'd', 'e'].map((name) => `fight-${name}`);
/** How long after the last request everything may take to come to rest. */
const REST_MS = 90_000;
const LOOK_MS = 100;
const REGION = 'us-east-1';

it(`20 clients that update, scale, delete, make and stop the same services, meet no 5xx, break nothing and leave nothing stuck`, {
  timeout: SECONDS * 1_000 + 240_000,
}, async () => {
  const args = [
    '--runtime',
    'simulated',
    '--time-scale',
    '0.1',
    '--agents',
    String(AGENTS),
    '--agent-size',
    '4096,4096',
  ];
  const stack = await startStack({ args });
  const { ecs, endpoint, credentials } = stack;
  const instances = await instancesThere(ecs, AGENTS);
  for (const family of ['one', 'two']) await registerMain(ecs, family);
  const ring: Ring = {
    services: SERVICES,
    definitions: ['one:1', 'two:1'],
    instances,
    outcomes: new Map(),
    failures: [],
  };
  const audit = new StoreAudit(stack.dataDir);
  const watch = new ContentionWatch();
  const clients = Array.from({ length: CLIENTS }, () => ecsClient({ endpoint, region: REGION, ...credentials }));
  const until = performance.now() + SECONDS * 1_000;
  const fights = clients.map((client, at) => contend(client, ring, new Rng(SEED * CLIENTS + at), until));
  while (performance.now() < until) {
    await pause(LOOK_MS);
    watch.take(audit.next());
  }
  await Promise.all(fights);
  for (const client of clients) client.destroy();
  await ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances: [...instances], status: 'ACTIVE' }));
  const rest = await waitUntil(
    'everything at rest',
    () => unrest(ecs),
    (found) => found.length === 0,
    {
      withinMs: REST_MS,
      everyMs: LOOK_MS,
    },
  );
  watch.take(audit.next());
  const done = [...ring.outcomes].filter(([key]) => key.endsWith(' done')).reduce((sum, [, times]) => sum + times, 0);
  const sent = [...ring.outcomes.values()].reduce((sum, times) => sum + times, 0);
  const outcomes = JSON.stringify(Object.fromEntries([...ring.outcomes].toSorted()));
  process.stderr.write(
    `${CLIENTS} clients, ${SECONDS} s: ${sent} moves, ${done} accepted, ${watch.changes} writes watched, ` +
      `at rest after ${Math.round(rest.elapsedMs)} ms\n${outcomes}\n`,
  );
  expect(ring.failures).toEqual([]);
  expect(watch.violations).toEqual([]);
  expect(done).toBeGreaterThan(SECONDS * 2);
  await stack.stop();
});

/** What has not come to rest yet, in words. */
async function unrest(ecs: ECSClient): Promise<readonly string[]> {
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ services: SERVICES }));
  const alive = services.flatMap(serviceUnrest);
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ desiredStatus: 'STOPPED' }));
  const stopping = [];
  for (let at = 0; at < taskArns.length; at += 100) {
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ tasks: taskArns.slice(at, at + 100) }));
    stopping.push(...tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED'));
  }
  return [...alive, ...stopping.map(({ taskArn, lastStatus }) => `${taskArn} hangs in ${lastStatus}`)];
}

function serviceUnrest(service: Service): readonly string[] {
  const { serviceName, status, runningCount, pendingCount, deployments = [] } = service;
  if (status === 'INACTIVE') return [];
  const desired = given(service.desiredCount);
  const isSteady = status === 'ACTIVE' && runningCount === desired && pendingCount === 0 && deployments.length === 1;
  if (isSteady && deployments[0]?.rolloutState !== 'IN_PROGRESS') return [];
  const rollouts = deployments.map(({ rolloutState }) => rolloutState).join();
  return [`${serviceName} is ${status}: ${runningCount} of ${desired} run, ${pendingCount} pending, ${rollouts}`];
}
