import { describe, expect, test } from 'vitest';
import { body, check, numbered, put, remove, type StoreSubject, sortKeys } from './store-subject.ts';

/** Writes that commit together, and writers that race. */
export function stateStoreTransactions(subject: StoreSubject): void {
  const { at, commit, fill } = subject;

  describe('transactions', () => {
    test('one failing condition among several, nothing is written and the failing ones are named', async () => {
      await fill(['a', 'b']);
      const outcome = await subject.store.transact([
        put(at('new'), 'absent'),
        put(at('a'), 7),
        remove(at('b'), 1),
        check(at('c'), 3),
      ]);
      expect(outcome).toMatchObject({
        kind: 'conflict',
        conflicts: [
          { write: 1, reason: 'condition', current: { key: at('a'), version: 1 } },
          { write: 3, reason: 'condition' },
        ],
      });
      expect(sortKeys((await subject.store.query({ pk: subject.pk })).items)).toEqual(['a', 'b']);
    });

    test('puts, deletes and checks that all hold, commit together', async () => {
      await fill(['a', 'b', 'c']);
      await commit(put(at('a'), 1, body({ n: 2 })), remove(at('b'), 1), check(at('c'), 1), put(at('d'), 'absent'));
      expect(sortKeys((await subject.store.query({ pk: subject.pk })).items)).toEqual(['a', 'c', 'd']);
    });

    test('writes in several partitions, commit together', async () => {
      const elsewhere = { pk: `${subject.pk}/other`, sk: 'a' };
      await commit(put(at('a'), 'absent'), put(elsewhere, 'absent'));
      expect(await subject.store.getMany([at('a'), elsewhere])).toMatchObject([{ version: 1 }, { version: 1 }]);
    });

    test('100 writes, commit; none or 101, are refused', async () => {
      await fill(numbered(100));
      expect((await subject.store.query({ pk: subject.pk })).items).toHaveLength(100);
      await expect(subject.store.transact(numbered(101).map((sk) => put(at(sk), 1)))).rejects.toThrow(TypeError);
      await expect(subject.store.transact([])).rejects.toThrow(TypeError);
    });

    test('the same key twice, is refused as a mistake in the program', async () => {
      await expect(subject.store.transact([put(at('a'), 'absent'), check(at('a'), 'absent')])).rejects.toThrow(
        TypeError,
      );
      expect(await subject.store.get(at('a'))).toBeUndefined();
    });

    test('an empty part of a key, is refused', async () => {
      await expect(subject.store.transact([put(at(''), 'absent')])).rejects.toThrow(TypeError);
      await expect(
        subject.store.transact([put(at('a'), 'absent', body({}, { index: { pk: subject.pk, sk: '' } }))]),
      ).rejects.toThrow(TypeError);
    });

    test('16 writers of one counter, retrying on conflict, lose nothing', async () => {
      await commit(put(at('counter'), 'absent', body({ n: 0 })));
      const increment = async (): Promise<void> => {
        const item = await subject.store.get(at('counter'));
        if (!item) throw new Error('the counter is gone');
        const next = body({ n: Number(item.value.n) + 1 });
        const outcome = await subject.store.transact([put(at('counter'), item.version, next)]);
        if (outcome.kind === 'conflict') await increment();
      };
      const writer = async (): Promise<void> => {
        for (let round = 0; round < 2; round++) await increment();
      };
      await Promise.all(Array.from({ length: 16 }, writer));
      expect(await subject.store.get(at('counter'))).toMatchObject({ version: 33, value: { n: 32 } });
    });

    test('16 writers that create one item, exactly one wins', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, (_, writer) =>
          subject.store.transact([put(at('slot'), 'absent', body({ writer }))]),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
    });
  });
}
