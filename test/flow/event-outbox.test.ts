import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventView } from '#api/ecs/views/event.ts';
import { serviceEventsPrefix, servicePartition } from '#control/keys.ts';
import { OUTBOX_START, type OutboxCursor } from '#control/outbox/outbox-cursor.ts';
import { readOutbox } from '#control/outbox/read-outbox.ts';
import { createService } from '#control/services/create-service.ts';
import { deleteService } from '#control/services/delete-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { updateService } from '#control/services/update-service.ts';
import { recordBatch } from '#functions/lib/record-batch.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';
import { streamBatches } from '#test/support/stream-batches.ts';

let world: FlowWorld;
let nextBatch: (max?: number) => Promise<readonly DynamoDBRecord[]>;

beforeEach(async () => {
  world = await flowWorld();
  nextBatch = streamBatches(world.store);
});

const create = (desiredCount: number) =>
  createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount,
    tags: [],
    createdBy: 'test',
  });

/** Reads on from a cursor to the end. */
async function readOn(cursor: OutboxCursor = OUTBOX_START, limit = 100) {
  const views = [];
  let at = cursor;
  for (;;) {
    const page = await readOutbox(world.deps, 'default', at, limit);
    views.push(...page.events.flatMap((event) => eventView(world.deps.scope, 'default', event) ?? []));
    at = page.cursor;
    if (page.isWhole) return { views, cursor: at };
  }
}

type View = Awaited<ReturnType<typeof readOn>>['views'][number];
const namesOf = (views: readonly View[]) =>
  views.map(({ detail }) => (detail as { eventName?: string }).eventName).filter((name) => name !== undefined);

const record = (records: readonly DynamoDBRecord[]) => recordBatch({ Records: [...records] }, world.deps);

const taskStates = (views: readonly View[]) =>
  views.flatMap(({ 'detail-type': type, detail }) =>
    type === 'ECS Task State Change' ? [(detail as { lastStatus: string }).lastStatus] : [],
  );

describe('events of a service', () => {
  test('service, rolls out and is deleted, tells each step once and in order', async () => {
    await world.agent('one');
    await create(2);
    await world.converge();
    world.advance(60_000);
    await deleteService(world.deps, 'default', 'web', true);
    await world.converge();
    const { views } = await readOn();
    expect(namesOf(views)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_STEADY_STATE',
      'TASKS_STOPPED',
      'SERVICE_STEADY_STATE',
    ]);
    expect(views[0]).toMatchObject({
      version: '0',
      source: 'aws.ecs',
      'detail-type': 'ECS Deployment State Change',
      account: '000000000000',
      region: 'us-east-1',
      resources: ['arn:aws:ecs:us-east-1:000000000000:service/default/web'],
      detail: { eventType: 'INFO', reason: expect.stringMatching(/^ECS deployment ecs-svc\/\d{19} in progress\.$/) },
    });
    expect(views[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(new Set(views.map(({ id }) => id)).size).toBe(views.length);
  });

  test('service without room, says so once, again after 6 h, and names the reason', async () => {
    await world.agent('one', { cpu: 128, memory: 512 });
    await create(2);
    await world.converge();
    const complaints = async () =>
      (await readOn()).views.filter(
        ({ detail }) => 'eventName' in detail && /PLACEMENT/.test(String(detail.eventName)),
      );
    const sweepAfter = async (ms: number) => {
      world.advance(ms);
      await world.converge();
      await world.sweep();
      await world.converge();
    };
    expect(await complaints()).toMatchObject([{ detail: { eventType: 'ERROR', reason: 'RESOURCE:CPU' } }]);
    await sweepAfter(60_000);
    expect(await complaints()).toHaveLength(1);
    await sweepAfter(6 * 3_600_000);
    expect(await complaints()).toHaveLength(2);
    await sweepAfter(60_000);
    expect(await complaints()).toHaveLength(2);
  });

  test('service whose task crashes again and again, says that it can not start it', async () => {
    const agent = await world.agent('one');
    await create(1);
    await world.converge();
    for (let crash = 0; crash < 5; crash += 1) {
      for (const taskId of agent.running.keys()) agent.crash(taskId);
      await world.converge();
      world.advance(30_000);
      await world.converge();
      await world.sweep();
      await world.converge();
    }
    const impaired = namesOf((await readOn()).views).filter((name) => name === 'SERVICE_TASK_START_IMPAIRED');
    // Each time the service is steady again the cause counts as resolved, and without a time to health it is at once.
    expect(impaired.length).toBeGreaterThan(0);
    const [view] = await describeServices(world.deps, 'default', ['web']);
    expect(view?.events.map(({ message }) => message)).toContain(
      '(service web) is unable to consistently start tasks successfully.',
    );
  });

  test('service with a long life, keeps its newest 100 events and stores no more', async () => {
    await world.agent('one');
    await create(1);
    for (let round = 0; round < 30; round += 1) {
      await updateService(world.deps, { cluster: 'default', name: 'web', forceNewDeployment: true });
      await world.converge();
    }
    const [view] = await describeServices(world.deps, 'default', ['web']);
    const newest = view?.state?.eventSequence ?? 0;
    expect(newest).toBeGreaterThan(100);
    expect(view?.events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, at) => newest - at));
    const stored = await world.store.query({ pk: servicePartition('default', 'web'), prefix: serviceEventsPrefix });
    expect(stored.items).toHaveLength(100);
  });

  test('converged service, looked at again, writes nothing to the outbox nor elsewhere', async () => {
    await world.agent('one');
    await create(2);
    await world.converge();
    const before = world.store.feed.latest();
    await world.deps.queue.send([{ work: { kind: 'service', cluster: 'default', service: 'web' } }]);
    await world.settle();
    expect(world.store.feed.latest()).toBe(before);
  });
});

describe('events of tasks and machines', () => {
  test('task, starts and stops, is told in each state with the version it had', async () => {
    await world.agent('one');
    await create(1);
    await world.converge();
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 0, forceNewDeployment: false });
    await world.converge();
    await record(await nextBatch());
    const { views } = await readOn();
    expect(taskStates(views)).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPING', 'STOPPED']);
    const tasks = views.filter((view) => view['detail-type'] === 'ECS Task State Change');
    const versions = tasks.map(({ detail }) => (detail as { version: number }).version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(tasks.at(-1)?.detail).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(/^Scaling activity initiated by \(deployment ecs-svc\/\d{19}\)$/),
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(views.filter((view) => view['detail-type'] === 'ECS Container Instance State Change')).toMatchObject([
      { detail: { status: 'ACTIVE', agentConnected: true, clusterArn: expect.stringContaining(':cluster/default') } },
    ]);
  });

  test('batch, delivered again, as it was, longer or cut short, makes no second event', async () => {
    await world.agent('one');
    await create(2);
    await world.converge();
    const whole = await nextBatch();
    const begun = whole.slice(
      0,
      whole.findIndex(({ dynamodb }) => dynamodb?.NewImage?.['kind']?.S === 'observation'),
    );
    const told = async () => (await readOn()).views.map(({ id }) => id).sort();
    await record(begun);
    const some = await told();
    await record(begun);
    await record(whole.slice(0, 4));
    expect(await told()).toEqual(some);
    await record(whole);
    const all = await told();
    expect(all.length).toBeGreaterThan(some.length);
    await record(whole);
    expect(await told()).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  test('batch with an unreadable record, writes what comes before it and asks for the rest again', async () => {
    await world.agent('one');
    await create(1);
    await world.converge();
    const batch = await nextBatch();
    const at = batch.findIndex(({ dynamodb }) => dynamodb?.NewImage?.['kind']?.S === 'observation');
    const broken = batch.map(
      (one, position): DynamoDBRecord =>
        position === at
          ? { ...one, dynamodb: { ...one.dynamodb, NewImage: { d: { S: 'x' }, kind: { S: 'task' } } } }
          : one,
    );
    const { batchItemFailures } = await record(broken);
    expect(batchItemFailures).toEqual([{ itemIdentifier: batch[at]?.dynamodb?.SequenceNumber }]);
    expect(taskStates((await readOn()).views)).toEqual(['PROVISIONING', 'PENDING']);
    await record(batch.slice(at));
    expect(taskStates((await readOn()).views)).toEqual(['PROVISIONING', 'PENDING', 'RUNNING']);
  });
});

describe('following the outbox', () => {
  test('reader, asks on with its cursor, gets what is new and nothing twice', async () => {
    await world.agent('one');
    const first = await readOn();
    expect(first.views).toEqual([]);
    await create(1);
    await world.converge();
    const second = await readOn(first.cursor, 1);
    expect(namesOf(second.views)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_STEADY_STATE',
    ]);
    expect((await readOn(second.cursor)).views).toEqual([]);
    world.advance(3_600_000);
    expect((await readOn(second.cursor)).views).toEqual([]);
  });

  test('events, older than their retention, are gone', async () => {
    await world.agent('one');
    await create(1);
    await world.converge();
    world.advance(world.deps.timings.eventRetention + 1_000);
    world.store.expire(world.clock.now());
    expect((await readOn()).views).toEqual([]);
  });
});
