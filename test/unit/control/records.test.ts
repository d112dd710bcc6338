import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import { asRecord, put, read, readAll, readMany, reservations } from '#control/records.ts';
import type { HeldTask, Reservation } from '#core/model/container-instance.ts';
import { billedSize } from '../../../bench/ledger/billed-size.ts';
import { held, reservation } from '../core/placement/builders.ts';

const ID = { cluster: 'default', instanceId: '0123456789abcdef0123456789abcdef' };
const full: Reservation = reservation(ID.instanceId, {
  attempt: 'a',
  machineId: 'm',
  attributes: { 'ecs.availability-zone': 'b' },
  tasks: [
    held('t1'),
    held('t2', { group: 'service:web', ports: [{ port: 80, protocol: 'tcp' }] }),
    held('t3', { epoch: 7, cpu: 0, memory: 1, stop: true }),
    held('t4', { group: 'service:web', ports: [{ port: 53, protocol: 'udp' }], stop: true }),
  ],
});

describe('reservation records', () => {
  const open = async (value: Reservation) => {
    const store = openSqliteStore({ path: ':memory:', clock: { now: () => 0 } });
    await store.transact([put(reservations, ID, value, 'absent')]);
    return store;
  };

  it.each([
    ['full', full],
    ['empty', reservation(ID.instanceId)],
  ])('%s, is read as it was written, whichever way it is read', async (_, value) => {
    const store = await open(value);
    const { pk, sk } = reservations.key(ID);
    const item = await store.get({ pk, sk });
    const conflict = await store.transact([put(reservations, ID, value, 'absent')]);
    const met = conflict.kind === 'conflict' ? conflict.conflicts[0]?.current : undefined;
    const entries = [
      await read(store, reservations, ID),
      (await readMany(store, reservations, [ID]))[0],
      (await readAll(store, reservations, { pk, prefix: sk }))[0],
      item && asRecord(reservations, item),
      met && asRecord(reservations, met),
    ];
    expect(entries).toEqual(entries.map(() => ({ value, version: 1 })));
    store.close();
  });

  it('twelve tasks of a service, fit the KiB that one write unit pays for', () => {
    const tasks = Array.from({ length: 12 }, (_, at): HeldTask => {
      const taskId = at.toString(16).padStart(32, '0');
      return { taskId, epoch: 1, cpu: 1_024, memory: 2_048, group: 'service:a-service-of-usual-length' };
    });
    const registered = { attempt: ID.instanceId, attributes: { 'ecs.availability-zone': 'us-east-1a' } };
    const write = put(reservations, ID, reservation(ID.instanceId, { ...registered, tasks }), 1_000_000);
    expect(write.kind === 'put' && billedSize(write.key, 1_000_001, write.body)).toBeLessThanOrEqual(1_024);
  });
});
