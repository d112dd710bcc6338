import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { billLines } from './ledger/bill-lines.ts';
import { type LedgerWorld, withLedgerWorld } from './ledger/ledger-world.ts';
import { type Bill, beyond, Ledger, operationsOf } from './ledger/meter.ts';
import type { Benchmark, Measurement } from './lib/benchmark.ts';

const MINUTE = 60_000;
/** Longer than a launch with its reports takes, shorter than anything that repeats by itself. */
const WINDOW_MS = 2_000;
const APART_MS = 7_300;
/** What a container engine takes to start a container, so that reports come when they would. */
const START_MS = '300';
const OPERATIONS_GOAL = 12;
const WRITE_UNITS_GOAL = 6;

interface Account {
  readonly name: string;
  /** How many launches, or agent-hours, the ledger is shared by. */
  readonly by: number;
  readonly ledger: Ledger;
  /** One launch's share of all that was billed, beyond what the same time costs without launches. */
  readonly net?: Bill;
  readonly goals?: { readonly operations: number; readonly writeUnits: number };
}

/** What AWS would bill, counted at the ports with AWS's own rounding, in virtual time. */
export const ledger: Benchmark = {
  name: 'ledger',
  run: async ({ quick, progress }) => {
    const agents = quick ? 4 : 10;
    const idle = await withAgents(agents, (world) => idleHour(world, agents));
    const accounts: readonly Account[] = [
      await withAgents(agents, (world) => singleLaunches(world, agents * 6)),
      await withAgents(1, (world) => crowdedLaunches(world, 20)),
      await withAgents(10, (world) => launchesOfTen(world, 3)),
      await withAgents(10, (world) => serviceLaunches(world, 30)),
      idle,
    ];
    progress('ledger: done');
    return {
      kind: 'measured',
      measurements: [...accounts.flatMap(measurementsOf), quietWrites(idle)],
      notes: [
        ...accounts.map(
          (account) => `${account.name}, line by line\n${billLines(account.ledger, account.by, account.net)}`,
        ),
        GROSS_AND_NET,
        ...STANDING,
      ],
    };
  },
};

const GROSS_AND_NET =
  'gross is every request and write that a launch caused or that carried its news; net is all that was billed while ' +
  'tasks were launched, less what the same agents cost in as much time without launches: a report that renews the ' +
  'lease, or comes instead of a regular heartbeat, saves idle work later. The goals are held against gross';

const STANDING = [
  'not in any figure above: what the pollers of four queues ask while nothing happens (5 pollers of each, one empty ' +
    'receive every 20 s: 3,600 queue requests an hour for the whole deployment), and cold starts (one read of the ' +
    'cluster, of a definition and of an agent key for each new environment)',
];

function measurementsOf({ name, by, ledger: account, net, goals }: Account): readonly Measurement[] {
  const bill = account.bill(by);
  const atMost = (bound: number | undefined) =>
    bound === undefined ? {} : { goal: { kind: 'at-most', bound } as const };
  return [
    { figure: name, value: operationsOf(bill), unit: 'operations', ...atMost(goals?.operations) },
    ...(net ? [{ figure: `${name}, net of idle work`, value: operationsOf(net), unit: 'operations' }] : []),
    { figure: `${name}, of these`, value: bill.writeUnits, unit: 'write units', ...atMost(goals?.writeUnits) },
    { figure: `${name}, beside these`, value: bill.readUnits, unit: 'read units' },
  ];
}

/** A converged service and an idle agent write their leases and nothing else. */
const quietWrites = ({ name, by, ledger: account }: Account): Measurement => ({
  figure: `${name}, writes that are no lease`,
  value: account.unitsBeside('writeUnits', 'lease', by),
  unit: 'write units',
  goal: { kind: 'at-most', bound: 0 },
});

function withAgents<T>(agents: number, use: (world: LedgerWorld) => Promise<T>): Promise<T> {
  return withLedgerWorld(async (world) => {
    for (let position = 0; position < agents; position += 1) await world.startAgent(position);
    await world.client.send(
      new RegisterTaskDefinitionCommand({
        family: 'bench',
        containerDefinitions: [
          {
            name: 'main',
            image: 'bench',
            cpu: 64,
            memory: 64,
            essential: true,
            environment: [{ name: 'BERTH_SIM_START_DELAY_MS', value: START_MS }],
          },
        ],
      }),
    );
    await world.time.advance(MINUTE / 2);
    return use(world);
  });
}

const isIdle = (actor: string): boolean => actor.startsWith('idle');

/** Everything billed for one stretch of work. */
async function billed(world: LedgerWorld, work: () => Promise<void>, ms = WINDOW_MS): Promise<Ledger> {
  world.meter.take();
  await work();
  await world.time.advance(ms);
  return world.meter.take();
}

async function launch(world: LedgerWorld, count: number, arns: string[]): Promise<void> {
  const { tasks = [] } = await world.client.send(new RunTaskCommand({ taskDefinition: 'bench', count }));
  arns.push(...tasks.map(({ taskArn = '' }) => taskArn));
}

async function requireRunning(world: LedgerWorld, tasks: readonly string[]): Promise<void> {
  const { tasks: found = [] } = await world.client.send(new DescribeTasksCommand({ tasks: [...tasks] }));
  const running = found.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  if (running !== tasks.length || running === 0) throw new Error(`${running} of ${tasks.length} tasks run`);
}

/** `caused` is what the launches did, `all` is that and whatever else was billed from the first to the last. */
async function launches(
  world: LedgerWorld,
  calls: number,
  count: number,
): Promise<{ readonly caused: Ledger; readonly all: Ledger }> {
  const caused: Ledger[] = [];
  const all: Ledger[] = [];
  const arns: string[] = [];
  for (let call = 0; call < calls; call += 1) {
    const cost = await billed(world, () => launch(world, count, arns));
    caused.push(cost.without(isIdle));
    all.push(cost, await billed(world, nothing, APART_MS));
  }
  await requireRunning(world, arns);
  return { caused: Ledger.sum(caused), all: Ledger.sum(all) };
}

const nothing = async (): Promise<void> => undefined;

async function singleLaunches(world: LedgerWorld, calls: number): Promise<Account> {
  await launches(world, 1, 1);
  const idle = await billed(world, nothing, calls * (WINDOW_MS + APART_MS));
  const { caused, all } = await launches(world, calls, 1);
  const goals = { operations: OPERATIONS_GOAL, writeUnits: WRITE_UNITS_GOAL };
  const net = beyond(all.bill(calls), idle.bill(calls));
  return { name: 'one RunTask of one task', by: calls, ledger: caused, net, goals };
}

/** The reservation grows with every task an agent holds, and a large item costs more to write. */
async function crowdedLaunches(world: LedgerWorld, calls: number): Promise<Account> {
  await launches(world, 1, 10);
  const { caused } = await launches(world, calls, 1);
  return { name: 'the same on an agent that holds 10 to 30 tasks', by: calls, ledger: caused };
}

async function launchesOfTen(world: LedgerWorld, calls: number): Promise<Account> {
  await launches(world, 1, 10);
  const { caused } = await launches(world, calls, 10);
  return { name: 'each task of RunTask count=10 on 10 agents', by: calls * 10, ledger: caused };
}

async function serviceLaunches(world: LedgerWorld, tasks: number): Promise<Account> {
  await world.client.send(new CreateServiceCommand({ serviceName: 'bench', taskDefinition: 'bench', desiredCount: 0 }));
  await world.time.advance(MINUTE);
  const scaleUp = new UpdateServiceCommand({ service: 'bench', desiredCount: tasks });
  const cost = await billed(world, async () => void (await world.client.send(scaleUp)), MINUTE / 2);
  await requireSteady(world, tasks);
  return {
    name: `each task of a service scaled from 0 to ${tasks}, 10 agents`,
    by: tasks,
    ledger: cost.without(isIdle),
  };
}

async function requireSteady(world: LedgerWorld, tasks: number): Promise<void> {
  const { services = [] } = await world.client.send(new DescribeServicesCommand({ services: ['bench'] }));
  const running = services[0]?.runningCount;
  if (running !== tasks) throw new Error(`${running} of ${tasks} tasks of the service run`);
}

/** An hour in which nobody asks for anything and a service of two tasks an agent runs undisturbed. */
async function idleHour(world: LedgerWorld, agents: number): Promise<Account> {
  const tasks = agents * 2;
  await world.client.send(
    new CreateServiceCommand({ serviceName: 'bench', taskDefinition: 'bench', desiredCount: tasks }),
  );
  await world.time.advance(2 * MINUTE);
  await requireSteady(world, tasks);
  world.meter.take();
  for (let minute = 0; minute < 60; minute += 1) {
    await world.sweep();
    await world.time.advance(MINUTE);
  }
  return { name: 'an idle agent for an hour, a converged service on it', by: agents, ledger: world.meter.take() };
}
