import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { type BenchStack, registerBenchTask, withBenchStack } from './lib/bench-stack.ts';
import type { Benchmark, Measurement } from './lib/benchmark.ts';
import { watchRunning } from './lib/running-watch.ts';
import { median, spread } from './lib/statistics.ts';

const GOAL = 500;
/** What ECS lets an account launch on Fargate, tasks a second, beyond its burst. */
const FARGATE_RATE = 20;
const TASKS_PER_AGENT = 10;
const CLIENTS = 8;
const PER_CALL = 10;
const POLL_MS = 20;
const SERVICE = 'bench';

interface Run {
  readonly launchesPerSecond: number;
  readonly cpuMsPerLaunch: number;
  readonly peakRssMib: number;
}

type Workload = (stack: BenchStack, tasks: number) => Promise<void>;

/** How many launches a second one control plane process carries, durably, seen through the API. */
export const scale: Benchmark = {
  name: 'scale',
  run: async ({ quick, progress }) => {
    const sizes = quick ? [1_000] : [1_000, 10_000];
    const measurements: Measurement[] = [];
    const notes = [
      `file store, every commit synced to disk; ${TASKS_PER_AGENT} tasks an agent; the agents, the clients and the ` +
        'control plane share this machine, and the clients poll the API while they wait',
    ];
    for (const tasks of sizes) {
      for (const [name, workload] of WORKLOADS) {
        const runs: Run[] = [];
        for (let repeat = 0; repeat < (tasks > 1_000 || quick ? 1 : 3); repeat += 1) {
          runs.push(await runOnce(workload, tasks));
          progress(`scale: ${name}, ${tasks} tasks: ${JSON.stringify(runs.at(-1))}`);
        }
        const figure = `${name}, ${tasks.toLocaleString('en-US')} tasks on ${tasks / TASKS_PER_AGENT} agents`;
        measurements.push(...figures(figure, runs));
        notes.push(`${figure}: ${runs.length} runs, ${spread(runs.map((run) => run.launchesPerSecond))} launches/s`);
      }
    }
    return { kind: 'measured', measurements, notes };
  },
};

function figures(figure: string, runs: readonly Run[]): readonly Measurement[] {
  const rate = median(runs.map((run) => run.launchesPerSecond));
  return [
    { figure, value: rate, unit: 'launches/s', goal: { kind: 'at-least', bound: GOAL } },
    { figure, value: rate, unit: 'launches/s', peer: { name: 'Fargate launch quota', value: FARGATE_RATE } },
    { figure: `${figure}, control plane`, value: median(runs.map((run) => run.cpuMsPerLaunch)), unit: 'CPU-ms/launch' },
    { figure: `${figure}, control plane`, value: Math.max(...runs.map((run) => run.peakRssMib)), unit: 'MiB peak' },
  ];
}

async function runOnce(workload: Workload, tasks: number): Promise<Run> {
  const fleet = { agents: tasks / TASKS_PER_AGENT, cpu: 4_096, memory: 4_096 };
  return withBenchStack({ runtime: 'simulated', fleet }, async (stack) => {
    await registerBenchTask(stack.client(), 'bench', []);
    if (workload === serviceScaledUp) await createEmptyService(stack.client());
    const before = await stack.controlPlane();
    const begin = performance.now();
    await workload(stack, tasks);
    const seconds = (performance.now() - begin) / 1_000;
    const after = await stack.controlPlane();
    return {
      launchesPerSecond: tasks / seconds,
      cpuMsPerLaunch: (after.cpuMs - before.cpuMs) / tasks,
      peakRssMib: after.peakRssMib,
    };
  });
}

/** RunTask, ten tasks a call, from several clients that each wait for their answers. */
const runTaskInParallel: Workload = async (stack, tasks) => {
  const watch = watchRunning(stack.client(), POLL_MS);
  let calls = Math.ceil(tasks / PER_CALL);
  const launch = async (client: ECSClient): Promise<void> => {
    while (calls > 0) {
      calls -= 1;
      const answer = await client.send(new RunTaskCommand({ taskDefinition: 'bench', count: PER_CALL }));
      for (const { taskArn = '' } of answer.tasks ?? []) watch.add(taskArn, 0);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, () => launch(stack.client())));
  await watch.done();
};

/** One UpdateService from 0 to all; done when the service says that all of them run. */
const serviceScaledUp: Workload = async (stack, tasks) => {
  const client = stack.client();
  await client.send(new UpdateServiceCommand({ service: SERVICE, desiredCount: tasks }));
  for (;;) {
    const { services = [] } = await client.send(new DescribeServicesCommand({ services: [SERVICE] }));
    if (services[0]?.runningCount === tasks) return;
    await wait(POLL_MS);
  }
};

async function createEmptyService(client: ECSClient): Promise<void> {
  await client.send(new CreateServiceCommand({ serviceName: SERVICE, taskDefinition: 'bench', desiredCount: 0 }));
}

const WORKLOADS = [
  [`RunTask count=${PER_CALL} from ${CLIENTS} clients`, runTaskInParallel],
  ['service scaled from 0', serviceScaledUp],
] as const;
