import type { CommitOutcome, ItemPage, StateStore, Write } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import type { Process } from './process.ts';
import type { SimContext } from './sim-context.ts';

/**
 * The store as one worker process meets it: each call takes time, may fail before or after it was applied, and is a
 * point at which the process may die or stand still.
 */
export function faultyStore(world: SimContext, process: Process, inner: StateStore): StateStore {
  const { rng } = world;
  const seen = new Map<string, ItemPage>();

  const call = <T>(apply: () => Promise<T>, isWrite: boolean): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const { rates } = world;
      if (rng.chance(rates.workerCrash / 2)) return world.crashed(process);
      process.after(rng.between(1, 8), () => {
        if (rng.chance(rates.storeUnavailable)) return reject(new Fault('Unavailable', 'simulated: throttled'));
        const isUnknown = isWrite && rng.chance(rates.storeUnknown);
        apply().then(
          (value) => {
            if (rng.chance(rates.workerCrash / 2)) return world.crashed(process);
            if (rng.chance(rates.workerPause)) world.pause(process);
            process.after(rng.between(1, 8), () =>
              isUnknown ? reject(new Fault('Unavailable', 'simulated: the answer was lost')) : resolve(value),
            );
          },
          (error: unknown) => process.after(1, () => reject(error)),
        );
      });
      return undefined;
    });

  const transact = async (writes: readonly Write[]): Promise<CommitOutcome> => {
    if (rng.chance(world.rates.contention)) return contended;
    return mutated(world, inner, writes);
  };

  return {
    get: (key) => call(() => inner.get(key), false),
    getMany: (keys) => call(() => inner.getMany(keys), false),
    query: (query) => call(() => inner.query(query).then((page) => hideLosses(world, page)), false),
    queryIndex: (query) =>
      call(async () => {
        const name = JSON.stringify(query);
        const old = seen.get(name);
        if (old && rng.chance(world.rates.staleIndex)) return old;
        const page = await inner.queryIndex(query);
        seen.set(name, page);
        return page;
      }, false),
    transact: (writes) => call(() => transact(writes), true),
  };
}

const contended: CommitOutcome = { kind: 'conflict', conflicts: [{ write: 0, reason: 'contention' }] };

/** Mutants R1 (no transaction), R2 (no versions) and R3 (no lease check); without one this is the store itself. */
async function mutated(world: SimContext, inner: StateStore, writes: readonly Write[]): Promise<CommitOutcome> {
  switch (world.mutant) {
    case 'R1': {
      for (const write of writes) {
        if (write.kind !== 'check') await inner.transact([write]);
      }
      return { kind: 'committed' };
    }
    case 'R2': {
      const found = await inner.getMany(writes.map(({ key }) => key));
      const forced = writes.flatMap((write, at): Write[] => {
        const version = found[at]?.version;
        if (write.kind === 'put') return [{ ...write, expect: version ?? 'absent' }];
        return write.kind === 'delete' && version !== undefined ? [{ ...write, expect: version }] : [];
      });
      return forced.length > 0 ? inner.transact(forced) : { kind: 'committed' };
    }
    case 'R3':
      return inner.transact(writes.filter(({ kind, key }) => kind !== 'check' || !key.sk.startsWith('LEASE')));
    default:
      return inner.transact(writes);
  }
}

/** Mutant R13: every lease looks as if it had been held for ever, so that the brake never sees a mass expiry. */
function hideLosses({ mutant, time }: SimContext, page: ItemPage): ItemPage {
  if (mutant !== 'R13') return page;
  const items = page.items.map((item) => {
    if (item.kind !== 'lease') return item;
    const { recoveredAt: _recovered, ...value } = item.value;
    const isOver = Number(value['expiresAt']) + 2_000 <= time.now();
    return { ...item, value: { ...value, heldSince: 0, ...(isOver ? { expiresAt: 0, suspectedAt: 0 } : {}) } };
  });
  return { ...page, items };
}
