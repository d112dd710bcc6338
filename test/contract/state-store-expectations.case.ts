import { describe, expect, test } from 'vitest';
import { body, check, put, remove, type StoreSubject } from './store-subject.ts';

/** What each kind of write does for each expectation. */
export function stateStoreExpectations(subject: StoreSubject): void {
  const { at, commit } = subject;

  describe('expectations', () => {
    test('put, expected absent and absent, creates version 1', async () => {
      await commit(put(at('a'), 'absent', body({ n: 1 })));
      expect(await subject.store.get(at('a'))).toEqual({ key: at('a'), version: 1, kind: 'thing', value: { n: 1 } });
    });

    test('put, expected absent and standing, conflicts and tells what stands', async () => {
      await commit(put(at('a'), 'absent', body({ n: 1 })));
      const current = { key: at('a'), version: 1, kind: 'thing', value: { n: 1 } };
      expect(await subject.store.transact([put(at('a'), 'absent', body({ n: 2 }))])).toEqual({
        kind: 'conflict',
        conflicts: [{ write: 0, reason: 'condition', current }],
      });
      expect(await subject.store.get(at('a'))).toEqual(current);
    });

    test('put, expected the version that stands, counts the version up', async () => {
      await commit(put(at('a'), 'absent'));
      await commit(put(at('a'), 1, body({ n: 2 })));
      await commit(put(at('a'), 2, body({ n: 3 })));
      expect(await subject.store.get(at('a'))).toMatchObject({ version: 3, value: { n: 3 } });
    });

    test('put, expected an old version, conflicts', async () => {
      await commit(put(at('a'), 'absent'));
      await commit(put(at('a'), 1, body({ n: 2 })));
      expect(await subject.store.transact([put(at('a'), 1)])).toMatchObject({
        conflicts: [{ write: 0, reason: 'condition', current: { version: 2, value: { n: 2 } } }],
      });
    });

    test('put, expected a version and absent, conflicts with nothing standing', async () => {
      expect(await subject.store.transact([put(at('a'), 1)])).toEqual({
        kind: 'conflict',
        conflicts: [{ write: 0, reason: 'condition' }],
      });
      expect(await subject.store.get(at('a'))).toBeUndefined();
    });

    test('delete, expected the version that stands, removes the item', async () => {
      await commit(put(at('a'), 'absent'));
      await commit(remove(at('a'), 1));
      expect(await subject.store.get(at('a'))).toBeUndefined();
      await commit(put(at('a'), 'absent'));
      expect(await subject.store.get(at('a'))).toMatchObject({ version: 1 });
    });

    test('delete, expected another version, conflicts and leaves the item', async () => {
      await commit(put(at('a'), 'absent'));
      expect(await subject.store.transact([remove(at('a'), 2)])).toMatchObject({
        conflicts: [{ write: 0, reason: 'condition', current: { version: 1 } }],
      });
      expect(await subject.store.transact([remove(at('b'), 1)])).toEqual({
        kind: 'conflict',
        conflicts: [{ write: 0, reason: 'condition' }],
      });
      expect(await subject.store.get(at('a'))).toMatchObject({ version: 1 });
    });

    test('check, alone, holds or conflicts and changes nothing', async () => {
      await commit(check(at('a'), 'absent'));
      await commit(put(at('a'), 'absent'));
      await commit(check(at('a'), 1));
      expect(await subject.store.transact([check(at('a'), 'absent')])).toMatchObject({
        conflicts: [{ write: 0, reason: 'condition', current: { version: 1 } }],
      });
      expect(await subject.store.transact([check(at('a'), 2)])).toMatchObject({ kind: 'conflict' });
      expect(await subject.store.get(at('a'))).toMatchObject({ version: 1 });
    });
  });
}
