import { beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '#control/dependencies.ts';
import type { RunTaskIntent } from '#control/intents.ts';
import type { CommitOutcome, StateStore, Write } from '#control/ports.ts';
import { put, read, reservations } from '#control/records.ts';
import { listTasks } from '#control/tasks/read-tasks.ts';
import { type RunTaskResult, runTask } from '#control/tasks/run-task.ts';
import { Fault } from '#core/fault.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const intent = (overrides: Partial<RunTaskIntent> = {}): RunTaskIntent => ({
  cluster: 'default',
  taskDefinition: 'web',
  count: 1,
  launchType: 'EC2',
  placementConstraints: [],
  placementStrategy: [],
  enableExecuteCommand: false,
  tags: [],
  ...overrides,
});
const times = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const idsOf = (answers: readonly RunTaskResult[]): readonly string[] =>
  answers.flatMap(({ tasks }) => tasks.map(({ task }) => task.taskId));

describe('launches that wait for the same turn', () => {
  let world: FlowWorld;
  let agent: FlowAgent;
  let deps: Dependencies;
  let bells: BellMessage[];
  let transactions: (readonly Write[])[];
  /** Takes the place of the first commit. */
  let first: ((writes: readonly Write[]) => Promise<CommitOutcome>) | undefined;

  beforeEach(async () => {
    world = await flowWorld();
    agent = await world.agent('one', { cpu: 64_000, memory: 128_000 });
    await world.agent('two', { cpu: 64_000, memory: 128_000 });
    bells = [];
    transactions = [];
    first = undefined;
    const store: StateStore = {
      ...world.deps.store,
      transact: (writes) => {
        transactions.push(writes);
        const instead = first;
        first = undefined;
        return instead ? instead(writes) : world.store.transact(writes);
      },
    };
    const ring = async (_: string, bell: BellMessage): Promise<void> => void bells.push(bell);
    deps = { ...world.deps, store, channel: { ...world.deps.channel, ring } };
  });

  /** Launches that all wait when the turn comes. */
  const launchAll = async (count: number, of: (at: number) => Partial<RunTaskIntent> = () => ({})) => {
    const busy = Promise.withResolvers<void>();
    const turn = deps.fleet.inTurn('default', () => busy.promise);
    const answers = Promise.all(times(count).map((at) => runTask(deps, intent(of(at)))));
    for (const _ of times(10)) await new Promise((resolve) => setImmediate(resolve));
    busy.resolve();
    await turn;
    return answers;
  };
  const stored = async () =>
    (await listTasks(deps, { cluster: 'default', desiredStatus: 'RUNNING' }, { limit: 200 })).taskIds;

  it('many at once, are committed in one transaction, and each caller is answered its own tasks', async () => {
    const answers = await launchAll(30, (at) => ({ startedBy: `caller-${at}` }));
    expect(answers.map(({ tasks }) => tasks.map(({ task }) => task.startedBy))).toEqual(
      times(30).map((at) => [`caller-${at}`]),
    );
    expect([...(await stored())].sort()).toEqual([...idsOf(answers)].sort());
    expect(transactions.length).toBe(1);
  });

  it('several on one machine, ring it once for all of them', async () => {
    const answers = await launchAll(10);
    const rung = bells.flatMap(({ changes }) => changes.map(({ taskId }) => taskId));
    expect(rung.sort()).toEqual([...idsOf(answers)].sort());
    expect(bells.length).toBe(2);
  });

  it('more tasks than one transaction takes, are spread over several', async () => {
    const answers = await launchAll(15, () => ({ count: 10 }));
    expect(new Set(idsOf(answers)).size).toBe(150);
    for (const writes of transactions) expect(writes.length).toBeLessThanOrEqual(100);
  });

  it('the same client token twice among others, makes its tasks once', async () => {
    const answers = await launchAll(6, (at) => (at % 2 === 0 ? { clientToken: 'same' } : {}));
    const [one, , two, , three] = answers.map((answer) => idsOf([answer]));
    expect([two, three]).toEqual([one, one]);
    expect((await stored()).length).toBe(4);
  });

  it('the ids of one were taken by another process, that one is answered what stands there and the others are launched', async () => {
    const elsewhere = { ...world.anotherWorker('elsewhere'), ids: deps.ids };
    let theirs: RunTaskResult | undefined;
    await launchAll(1);
    first = async (writes) => {
      theirs = await runTask(elsewhere, intent({ clientToken: 'raced' }));
      return world.store.transact(writes);
    };
    const answers = await launchAll(3, (at) => (at === 0 ? { clientToken: 'raced' } : {}));
    expect(idsOf(answers.slice(0, 1))).toEqual(idsOf(theirs ? [theirs] : []));
    expect(new Set(idsOf(answers)).size).toBe(3);
    expect((await stored()).length).toBe(4);
  });

  it('a machine that changed meanwhile, costs another transaction and no task', async () => {
    await launchAll(1);
    first = async (writes) => {
      const id = { cluster: 'default', instanceId: agent.instanceId };
      const found = await read(world.store, reservations, id);
      if (found) await world.store.transact([put(reservations, id, found.value, found.version)]);
      return world.store.transact(writes);
    };
    transactions = [];
    const answers = await launchAll(8);
    expect(transactions.length).toBe(2);
    expect(new Set(idsOf(answers)).size).toBe(8);
    expect((await stored()).length).toBe(9);
  });

  it('a store that cannot answer, fails the callers of that turn, and the next turn works', async () => {
    first = () => Promise.reject(new Fault('Unavailable', 'gone'));
    const [failed] = await Promise.allSettled([runTask(deps, intent())]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'Unavailable' } });
    expect((await runTask(deps, intent())).tasks.length).toBe(1);
  });

  it('a task pinned to a machine that is not there, fails alone', async () => {
    const answers = await launchAll(4, (at) => (at === 1 ? { instances: ['gone'] } : {}));
    expect(answers.map(({ tasks, failures }) => [tasks.length, failures.map(({ reason }) => reason)])).toEqual([
      [1, []],
      [0, ['MISSING']],
      [1, []],
      [1, []],
    ]);
  });
});
