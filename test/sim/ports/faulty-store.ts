import type { CommitOutcome, Key, StateStore, Write } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { Actor } from './port-call.ts';
import type { Passage } from './seam.ts';

const LEG = [1, 8] as const;

/** The store as one worker process meets it: each call takes time and passes the seam. */
export function faultyStore(world: SimContext, actor: Actor, inner: StateStore): StateStore {
  const call = <T>(
    passage: Pick<Passage<T>, 'operation' | 'apply' | 'detail' | 'stale' | 'contended'> & { isWrite?: boolean },
  ): Promise<T> =>
    world.seam.pass(actor, {
      port: 'store',
      isWrite: false,
      there: LEG,
      back: LEG,
      failure: (why) => new Fault('Unavailable', why),
      ...passage,
    });

  return {
    get: (key) => call({ operation: 'get', detail: kindOf(key), apply: () => inner.get(key) }),
    // Of nothing the adapters answer nothing without asking anybody.
    getMany: async (keys) =>
      keys.length === 0 ? [] : call({ operation: 'getMany', detail: kindsOf(keys), apply: () => inner.getMany(keys) }),
    query: (query) =>
      call({
        operation: 'query',
        detail: query.prefix ?? firstPart(query.pk),
        apply: () => inner.query(query),
      }),
    queryIndex: (query) =>
      call({
        operation: 'queryIndex',
        detail: firstPart(query.pk),
        apply: () => inner.queryIndex(query),
        stale: (age) => world.index.before(query, age),
      }),
    transact: (writes) =>
      call({
        operation: 'transact',
        detail: [...new Set(writes.map(nameOfWrite))].sort().join('+'),
        isWrite: true,
        apply: () => inner.transact(writes),
        contended,
      }),
  };
}

const firstPart = (key: string): string => key.split('#')[0] ?? key;
/** Sort keys begin with what they are; in directories they are names, and the partition says it. */
const kindOf = ({ pk, sk }: Key): string =>
  /^[A-Z]+(#|$)/.test(sk) ? `${firstPart(pk)}/${firstPart(sk)}` : firstPart(pk);
const kindsOf = (keys: readonly Key[]): string => [...new Set(keys.map(kindOf))].sort().join('+');
const nameOfWrite = (write: Write): string =>
  `${write.kind} ${write.kind === 'put' ? write.body.kind : kindOf(write.key)}`;

const contended: CommitOutcome = { kind: 'conflict', conflicts: [{ write: 0, reason: 'contention' }] };
