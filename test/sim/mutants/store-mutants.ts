import type { CommitOutcome, ItemPage, StateStore, Write } from '#control/ports.ts';
import { asRecord, leases, put, reservations, tasks } from '#control/records.ts';
import type { Lease, Reservation } from '#core/model/container-instance.ts';
import type { Wiring } from '../ports/wiring.ts';
import type { SimContext } from '../world/sim-context.ts';
import { isPut, writtenValue } from './written.ts';

const transacting = (
  transact: (store: StateStore, writes: readonly Write[]) => Promise<CommitOutcome>,
): (() => Wiring) => {
  return () => ({ store: (store) => ({ ...store, transact: (writes) => transact(store, writes) }) });
};

/** R1: tasks are made first, one by one, and their slots move afterwards, if they still may. */
export const slotsApart = transacting(async (store, writes) => {
  const isNewTask = (write: Write): boolean => isPut('task')(write) && write.expect === 'absent';
  if (!writes.some(isPut('slot-chunk')) || !writes.some(isNewTask)) return store.transact(writes);
  for (const write of writes.filter(isNewTask)) await store.transact([write]);
  return store.transact(writes.filter((write) => !isNewTask(write)));
});

/** R2: whatever version stands there is overwritten. */
export const unconditional = transacting(async (store, writes) => {
  const found = await store.getMany(writes.map(({ key }) => key));
  const forced = writes.flatMap((write, at): Write[] => {
    const version = found[at]?.version;
    if (write.kind === 'put') return [{ ...write, expect: version ?? 'absent' }];
    return write.kind === 'delete' && version !== undefined ? [{ ...write, expect: version }] : [];
  });
  return forced.length > 0 ? store.transact(forced) : { kind: 'committed' };
});

/** R3: nobody looks at the lease again when a loss commits. */
export const leaseUnchecked = transacting((store, writes) =>
  store.transact(writes.filter(({ kind, key }) => kind !== 'check' || !key.sk.startsWith('LEASE'))),
);

/** R13: every lease looks as if it had been held for ever, so that the brake never sees a mass expiry. */
export const lossesHidden = ({ time }: SimContext): Wiring => ({
  store: (store) => ({
    ...store,
    query: async (query) => hideLosses(await store.query(query), time.now()),
  }),
});

function hideLosses(page: ItemPage, now: number): ItemPage {
  const items = page.items.map((item) => {
    if (item.kind !== leases.kind) return item;
    const { recoveredAt: _recovered, ...lease }: Lease = asRecord(leases, item).value;
    const isOver = lease.expiresAt + 2_000 <= now;
    return { ...item, value: { ...lease, heldSince: 0, ...(isOver ? { expiresAt: 0, suspectedAt: 0 } : {}) } };
  });
  return { ...page, items };
}

/** R14: a machine's room is booked after the tasks were given to it, on top of whatever is booked by then. */
export const bookedLater = transacting(async (store, writes) => {
  const gained = writes.filter(isPut(reservations.kind)).map((write) => writtenValue(reservations, write));
  const given = writes.filter(isPut(tasks.kind)).map((write) => writtenValue(tasks, write));
  const isPlacement = given.some(({ assignment, desiredStatus }) => assignment && desiredStatus === 'RUNNING');
  if (!isPlacement) return store.transact(writes);
  const outcome = await store.transact(writes.filter((write) => !isPut(reservations.kind)(write)));
  const news = new Set(given.map(({ taskId }) => taskId));
  if (outcome.kind === 'committed') for (const reservation of gained) await book(store, reservation, news);
  return outcome;
});

async function book(store: StateStore, wanted: Reservation, news: ReadonlySet<string>): Promise<void> {
  const item = await store.get(reservations.key(wanted));
  if (!item) return;
  const { value, version } = asRecord(reservations, item);
  const held = [...value.tasks, ...wanted.tasks.filter(({ taskId }) => news.has(taskId))];
  await store.transact([put(reservations, wanted, { ...value, tasks: held }, version)]);
}

/** R17: a machine takes tasks from the moment it registers. */
export const schedulableAtOnce = transacting((store, writes) => {
  const isRegistration = writes.some(isPut('registration'));
  if (!isRegistration) return store.transact(writes);
  return store.transact(
    writes.map((write) => {
      if (!isPut(reservations.kind)(write)) return write;
      const value = { ...writtenValue(reservations, write), schedulable: true };
      return put(reservations, value, value, write.expect);
    }),
  );
});

/** R18: what the tasks were like that a healthy stop relies on is not asked when it commits. */
export const healthUnchecked = transacting((store, writes) => {
  const isVoluntary = writes
    .filter(isPut(tasks.kind))
    .some((write) => writtenValue(tasks, write).stop?.code === 'ServiceSchedulerInitiated');
  return store.transact(isVoluntary ? writes.filter(({ kind }) => kind !== 'check') : writes);
});
