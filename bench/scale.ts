import { setTimeout as wait } from 'node:timers/promises';
import { CreateServiceCommand, DescribeServicesCommand, type ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { type BenchStack, registerBenchTask, withBenchStack } from './lib/bench-stack.ts';
import type { Benchmark, Measurement } from './lib/benchmark.ts';
import { diskLatency } from './lib/disk-latency.ts';
import { watchRunning } from './lib/running-watch.ts';
import { median, spread } from './lib/statistics.ts';

const GOAL = 500;
/** What ECS lets an account launch on Fargate, tasks a second, beyond its burst. */
const FARGATE_RATE = 20;
const TASKS_PER_AGENT = 10;
const CLIENTS = 8;
const PER_CALL = 10;
/** Between two looks: a look at more tasks costs the control plane more, and a run of them takes longer. */
const pollMs = (tasks: number): number => tasks / 50;
/** The largest desired count of one service, here as in ECS. */
const TASKS_PER_SERVICE = 5_000;
/** A run that takes longer tells nothing that the goal has not told already. */
const GIVE_UP_MS = 120_000;

interface Run {
  readonly launchesPerSecond: number;
  readonly cpuMsPerLaunch: number;
  readonly peakRssMib: number;
}

type Workload = (stack: BenchStack, tasks: number, giveUp: AbortSignal) => Promise<void>;

/** How many launches a second one control plane process carries, durably, seen through the API. */
export const scale: Benchmark = {
  name: 'scale',
  run: async ({ quick, progress }) => {
    const sizes = quick ? [1_000] : [1_000, 10_000];
    const before = diskLatency();
    const measurements: Measurement[] = [];
    const notes = [
      `file store, every commit synced to disk; ${TASKS_PER_AGENT} tasks an agent; the agents, the clients and the ` +
        'control plane share this machine, and the clients poll the API while they wait',
    ];
    for (const tasks of sizes) {
      for (const [name, workload] of WORKLOADS) {
        const figure = `${name}, ${tasks.toLocaleString('en-US')} tasks on ${(tasks / TASKS_PER_AGENT).toLocaleString('en-US')} agents`;
        const { runs, failures } = await runOften(workload, tasks, tasks > 1_000 || quick ? 1 : 3);
        progress(`scale: ${figure}: ${JSON.stringify(runs)}`);
        measurements.push(...figures(figure, runs));
        notes.push(
          `${figure}: ${runs.length} runs${runs.length > 0 ? `, ${spread(runs.map((run) => run.launchesPerSecond))} launches/s` : ''}`,
          ...failures.map((failure) => `${figure}: a run DID NOT FINISH: ${failure}`),
        );
      }
    }
    return { kind: 'measured', measurements, notes: [...notes, `this disk: ${before} before, ${diskLatency()} after`] };
  },
};

/** Runs that do not finish are told apart, for a busy machine can make heartbeats time out. */
async function runOften(workload: Workload, tasks: number, repeats: number) {
  const runs: Run[] = [];
  const failures: string[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    try {
      runs.push(await runOnce(workload, tasks));
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { runs, failures };
}

function figures(figure: string, runs: readonly Run[]): readonly Measurement[] {
  const goal = { kind: 'at-least', bound: GOAL } as const;
  if (runs.length === 0) return [{ figure, value: 0, unit: 'launches/s', goal }];
  const rate = median(runs.map((run) => run.launchesPerSecond));
  return [
    { figure, value: rate, unit: 'launches/s', goal },
    { figure, value: rate, unit: 'launches/s', peer: { name: 'Fargate launch quota', value: FARGATE_RATE } },
    { figure: `${figure}, control plane`, value: median(runs.map((run) => run.cpuMsPerLaunch)), unit: 'CPU-ms/launch' },
    { figure: `${figure}, control plane`, value: Math.max(...runs.map((run) => run.peakRssMib)), unit: 'MiB peak' },
  ];
}

async function runOnce(workload: Workload, tasks: number): Promise<Run> {
  const fleet = { agents: tasks / TASKS_PER_AGENT, cpu: 4_096, memory: 4_096 };
  return withBenchStack({ runtime: 'simulated', fleet }, async (stack) => {
    await registerBenchTask(stack.client(), 'bench', []);
    const before = await stack.controlPlane();
    const begin = performance.now();
    await workload(stack, tasks, AbortSignal.timeout(GIVE_UP_MS));
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
const runTaskInParallel: Workload = async (stack, tasks, giveUp) => {
  const watch = watchRunning(stack.client(), 20);
  let calls = Math.ceil(tasks / PER_CALL);
  const launch = async (client: ECSClient): Promise<void> => {
    while (calls > 0) {
      giveUp.throwIfAborted();
      calls -= 1;
      const answer = await client.send(new RunTaskCommand({ taskDefinition: 'bench', count: PER_CALL }));
      for (const { taskArn = '' } of answer.tasks ?? []) watch.add(taskArn, 0);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, () => launch(stack.client())));
  await watch.done();
};

/** Services of at most 5,000 tasks, made at once; done when they say that all of their tasks run. */
const servicesScaledUp: Workload = async (stack, tasks, giveUp) => {
  const client = stack.client();
  const size = Math.min(tasks, TASKS_PER_SERVICE);
  const services = Array.from({ length: tasks / size }, (_, position) => `bench-${position}`);
  await Promise.all(
    services.map((serviceName) =>
      client.send(new CreateServiceCommand({ serviceName, taskDefinition: 'bench', desiredCount: size })),
    ),
  );
  for (;;) {
    giveUp.throwIfAborted();
    const answer = await client.send(new DescribeServicesCommand({ services }));
    if (answer.services?.every(({ runningCount }) => runningCount === size)) return;
    await wait(pollMs(tasks));
  }
};

const WORKLOADS = [
  [`RunTask count=${PER_CALL} from ${CLIENTS} clients`, runTaskInParallel],
  ['services started from 0', servicesScaledUp],
] as const;
