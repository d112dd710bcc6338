import { expect, test } from 'vitest';
import { instancePartitions, reservationsPrefix, slotsPrefix } from '#control/keys.ts';
import { placeTasks } from '#control/placement/place-tasks.ts';
import { readAll, reservations } from '#control/records.ts';
import { createService } from '#control/services/create-service.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { updateService } from '#control/services/update-service.ts';
import type { Service, SlotChunk } from '#core/model/service.ts';
import { freeResources } from '#core/placement/reserve.ts';
import { serviceLimits } from '#core/service/limits.ts';
import { isWanted, slotsOf } from '#core/service/slots.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

const ROUNDS = 200;

test('two service workers and two placement workers, racing on one service, never pass the maximum nor reserve twice', async () => {
  const world = await flowWorld({ seed: 'race' });
  const agents = [
    await world.agent('one', { cpu: 1_300, memory: 4_096 }),
    await world.agent('two', { cpu: 1_300, memory: 4_096 }),
  ];
  await createService(world.deps, {
    cluster: 'default',
    name: 'web',
    taskDefinition: 'web:1',
    desiredCount: 3,
    tags: [],
    createdBy: 'test',
  });
  const workers = ['a', 'b'].map((seed) => world.anotherWorker(seed));
  for (let round = 0; round < ROUNDS; round += 1) {
    const desiredCount = 1 + (round % 6);
    await updateService(world.deps, {
      cluster: 'default',
      name: 'web',
      desiredCount,
      ...(round % 5 === 0 ? { taskDefinition: `web:${1 + (round % 2)}` } : {}),
      forceNewDeployment: round % 7 === 0,
    });
    await race(
      workers.flatMap((deps) => [() => reconcileService(deps, 'default', 'web'), () => placeTasks(deps, 'default')]),
    );
    await expectNoDoubleReservation(world);
    for (const agent of agents) await agent.beat();
    await race(
      workers.flatMap((deps) => [() => placeTasks(deps, 'default'), () => reconcileService(deps, 'default', 'web')]),
    );
    await expectNoDoubleReservation(world);
    world.advance(500);
  }
  expectMaximumKept(world);
  await world.converge();
  const desired = 1 + ((ROUNDS - 1) % 6);
  expect(agents.reduce((sum, agent) => sum + agent.running.size, 0)).toBe(desired);
  const starts = agents.flatMap((agent) => agent.started);
  expect(new Set(starts).size).toBe(starts.length);
});

/** Losers of a race may run out of attempts; that is an expected outcome, the queue delivers again. */
async function race(calls: readonly (() => Promise<void>)[]): Promise<void> {
  const results = await Promise.allSettled(calls.map((call) => call()));
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'Contended' });
  }
}

/**
 * Invariant S3, replayed from the change feed: every transaction that starts tasks writes the service's state first and
 * checks the intent, so between two such writes the number of wanted tasks may only have grown within the maximum.
 */
function expectMaximumKept({ store }: FlowWorld): void {
  let service: Service | undefined;
  let planned: { readonly maximum: number; readonly wanted: number } | undefined;
  const chunks = new Map<string, SlotChunk>();
  const wanted = () => slotsOf([...chunks.values()]).filter(isWanted).length;
  const checkPlanned = () => {
    if (planned && wanted() > planned.wanted) expect(wanted()).toBeLessThanOrEqual(planned.maximum);
  };
  for (const change of store.feed.read(0, 1_000_000)) {
    if (change.new?.kind === 'service') service = change.new.value as unknown as Service;
    if (change.key.sk.startsWith(slotsPrefix)) {
      if (change.new) chunks.set(change.key.sk, change.new.value as unknown as SlotChunk);
      else chunks.delete(change.key.sk);
    }
    if (change.new?.kind !== 'service-state' || !service) continue;
    checkPlanned();
    planned = { maximum: serviceLimits(service).maximum, wanted: wanted() };
  }
  checkPlanned();
}

/** Invariant S9, read from the table. */
async function expectNoDoubleReservation({ deps }: FlowWorld): Promise<void> {
  const held: string[] = [];
  for (const pk of instancePartitions('default')) {
    for (const { value } of await readAll(deps.store, reservations, { pk, prefix: reservationsPrefix })) {
      const free = freeResources(value);
      expect(free.cpu).toBeGreaterThanOrEqual(0);
      expect(free.memory).toBeGreaterThanOrEqual(0);
      held.push(...value.tasks.map(({ taskId }) => taskId));
    }
  }
  expect(new Set(held).size).toBe(held.length);
}
