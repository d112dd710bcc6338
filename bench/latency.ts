import { setTimeout as wait } from 'node:timers/promises';
import { type ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { registerBenchTask, withBenchStack } from './lib/bench-stack.ts';
import type { Benchmark } from './lib/benchmark.ts';
import { diskLatency } from './lib/disk-latency.ts';
import { watchRunning } from './lib/running-watch.ts';
import { percentile, shortNumber } from './lib/statistics.ts';

const AGENTS = 100;
const RATE = 50;
const WARM_UP = 100;
const POLL_MS = 2;

/** RunTask to RUNNING at a fixed rate, whatever the answers take (an open loop). */
export const latency: Benchmark = {
  name: 'latency',
  run: async ({ quick, progress }) => {
    const seconds = quick ? 5 : 20;
    const fleet = { agents: AGENTS, cpu: 8_192, memory: 8_192 };
    return withBenchStack({ runtime: 'simulated', fleet }, async (stack) => {
      const client = stack.client();
      await registerBenchTask(client, 'bench', []);
      await launchAtRate(client, stack.client(), WARM_UP);
      progress(`latency: ${RATE} launches a second for ${seconds} s`);
      const before = await stack.controlPlane();
      const { samples, lateness } = await launchAtRate(client, stack.client(), seconds * RATE);
      const after = await stack.controlPlane();
      const of = `RunTask sent to RUNNING visible, ${RATE}/s on ${AGENTS} agents`;
      return {
        kind: 'measured',
        measurements: [
          {
            figure: `${of}, p50`,
            value: percentile(samples, 0.5),
            unit: 'ms',
            goal: { kind: 'at-most', bound: 25 },
          },
          {
            figure: `${of}, p99`,
            value: percentile(samples, 0.99),
            unit: 'ms',
            goal: { kind: 'at-most', bound: 100 },
          },
        ],
        notes: [
          `this disk: ${diskLatency()}`,
          `${samples.length} launches; seen by DescribeTasks of all pending tasks, ${POLL_MS} ms after each answer; ` +
            `control plane ${shortNumber((after.cpuMs - before.cpuMs) / samples.length)} CPU-ms per launch with this polling; ` +
            `the sender was at most ${shortNumber(lateness)} ms late`,
        ],
      };
    });
  },
};

interface Launches {
  /** Milliseconds from sending to seeing RUNNING. */
  readonly samples: readonly number[];
  /** How far behind its schedule the sender ever was: a busy client, not the control plane. */
  readonly lateness: number;
}

async function launchAtRate(client: ECSClient, watcher: ECSClient, count: number): Promise<Launches> {
  const samples: number[] = [];
  const watch = watchRunning(watcher, POLL_MS, (sentAt, seenAt) => samples.push(seenAt - sentAt));
  const begin = performance.now();
  const requests: Promise<void>[] = [];
  let lateness = 0;
  for (let launch = 0; launch < count; launch += 1) {
    const due = begin + (launch * 1_000) / RATE;
    await wait(Math.max(0, due - performance.now()));
    lateness = Math.max(lateness, performance.now() - due);
    requests.push(launchOne(client, due, watch.add));
  }
  await Promise.all(requests);
  await watch.done();
  return { samples, lateness };
}

async function launchOne(client: ECSClient, due: number, add: (arn: string, sentAt: number) => void): Promise<void> {
  const { tasks = [], failures = [] } = await client.send(new RunTaskCommand({ taskDefinition: 'bench' }));
  const arn = tasks[0]?.taskArn;
  if (arn === undefined) throw new Error(`RunTask failed: ${failures[0]?.reason}`);
  // Counted from when it was due, so that a client that falls behind cannot make the figure look better.
  add(arn, due);
}
