import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeTasksCommand, type ECSClient, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import type Docker from 'dockerode';
import { createOptions } from '#agent/runtime/docker/create-options.ts';
import { reachableDocker } from '#agent/runtime/docker/docker-runtime.ts';
import { OWNER_LABEL, TASK_LABEL } from '#agent/runtime/labels.ts';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { registerBenchTask, withBenchStack } from './lib/bench-stack.ts';
import type { Benchmark } from './lib/benchmark.ts';
import { watchRunning } from './lib/running-watch.ts';
import { median, percentile, spread } from './lib/statistics.ts';

const COMMAND = ['sleep', '3600'];
const POLL_MS = 5;
const WARM_UP = 2;
const MACHINE_MEMORY = 4_096;

/** A whole launch through the ECS API over the bare engine doing the same create and start, in turns. */
export const launchDocker: Benchmark = {
  name: 'launch-docker',
  run: async ({ quick, progress }) => {
    const docker = await reachableDocker();
    if (!docker) return skipped('no Docker engine answers on DOCKER_HOST or the default socket');
    const missing = await busyboxImage(docker);
    if (missing !== undefined) return skipped(missing);
    const pairs = quick ? 5 : 20;
    return withBenchStack({ runtime: 'docker', ownAgents: 1 }, async (stack) => {
      const client = stack.client();
      await registerBenchTask(client, BUSYBOX_IMAGE, COMMAND);
      await whenLaunching(client);
      const ours: number[] = [];
      const engine: number[] = [];
      for (let pair = 0; pair < pairs + WARM_UP; pair += 1) {
        const launched = await launchTask(client, docker);
        const started = await startContainer(docker);
        if (pair < WARM_UP) continue;
        progress(`launch-docker: ${Math.round(launched)} ms, engine alone ${Math.round(started)} ms`);
        ours.push(launched);
        engine.push(started);
      }
      const figure = (at: number): number => percentile(ours, at);
      return {
        kind: 'measured',
        measurements: [
          {
            figure: 'RunTask sent to RUNNING visible, one container, image cached, p50',
            value: figure(0.5),
            unit: 'ms',
            peer: { name: 'Engine API create + start', value: median(engine) },
            goal: { kind: 'at-most', bound: 1.5 },
          },
          {
            figure: 'the same, p90',
            value: figure(0.9),
            unit: 'ms',
            peer: { name: 'Engine API create + start', value: percentile(engine, 0.9) },
          },
        ],
        notes: [
          `${pairs} pairs in turns; ours ${spread(ours)} ms, engine ${spread(engine)} ms; ` +
            `p50 of the difference within a pair ${Math.round(median(ours.map((value, at) => value - (engine[at] ?? 0))))} ms`,
        ],
      };
    });
  },
};

const skipped = (reason: string) => {
  process.stderr.write(`SKIPPED launch-docker: ${reason}\n`);
  return { kind: 'skipped', reason } as const;
};

/** Waits until the agent takes tasks: the first launch only tells that, and is not counted. */
async function whenLaunching(client: ECSClient): Promise<void> {
  const { tasks = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'bench' }));
  const watch = watchRunning(client, POLL_MS);
  const arn = tasks[0]?.taskArn ?? '';
  watch.add(arn, 0);
  await watch.done();
  await client.send(new StopTaskCommand({ task: arn }));
}

async function launchTask(client: ECSClient, docker: Docker): Promise<number> {
  const sentAt = performance.now();
  let took = Number.NaN;
  const watch = watchRunning(client, POLL_MS, (_, seenAt) => {
    took = seenAt - sentAt;
  });
  const { tasks = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'bench' }));
  const arn = tasks[0]?.taskArn ?? '';
  watch.add(arn, sentAt);
  await watch.done();
  await client.send(new StopTaskCommand({ task: arn }));
  await untilGone(client, docker, arn);
  return took;
}

/** The engine must be idle again before the other side's turn: the container is removed, not only stopped. */
async function untilGone(client: ECSClient, docker: Docker, arn: string): Promise<void> {
  const label = `${TASK_LABEL}=${arn.split('/').at(-1)}`;
  for (;;) {
    const { tasks = [] } = await client.send(new DescribeTasksCommand({ tasks: [arn] }));
    const containers = await docker.listContainers({ all: true, filters: { label: [label] } });
    if (tasks[0]?.lastStatus === 'STOPPED' && containers.length === 0) return;
    await wait(50);
  }
}

/** What the agent asks of the engine for that task, asked by nobody but us. */
async function startContainer(docker: Docker): Promise<number> {
  const spec = createOptions(
    {
      name: `bench-${randomUUID()}`,
      labels: {
        task: randomUUID(),
        epoch: 1,
        agent: 'bench',
        agentEpoch: 1,
        container: 'main',
        cluster: 'default',
        group: 'family:bench',
        essential: true,
        count: 1,
        stopTimeout: 2,
      },
      definition: { name: 'main', image: BUSYBOX_IMAGE, command: COMMAND, cpu: 64, memory: 64 },
      networkMode: 'bridge',
    },
    MACHINE_MEMORY,
  );
  const begin = performance.now();
  const container = await docker.createContainer({ ...spec, Labels: { ...spec.Labels, [OWNER_LABEL]: 'bench' } });
  try {
    await container.start();
    return performance.now() - begin;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
