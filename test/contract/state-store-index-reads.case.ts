import { describe, expect, test } from 'vitest';
import type { ItemBody } from '#control/ports.ts';
import { allPages, body, numbered, put, remove, type StoreSubject, sortKeys } from './store-subject.ts';

/** Reading the sparse index. */
export function stateIndexReads(subject: StoreSubject): void {
  const { at, commit, fill } = subject;

  describe('querying the index', () => {
    const index = (sk: string): ItemBody => body({}, { index: { pk: `${subject.pk}/index`, sk } });
    const indexed = async (prefix?: string): Promise<readonly string[]> => {
      const query = { pk: `${subject.pk}/index`, ...(prefix !== undefined && { prefix }) };
      return sortKeys((await subject.store.queryIndex(query)).items);
    };

    test('items with an index key, come in its order and whole', async () => {
      await commit(put(at('a'), 'absent', index('2')), put(at('b'), 'absent', index('1')), put(at('c'), 'absent'));
      expect(await indexed()).toEqual(['b', 'a']);
      expect(await indexed('2')).toEqual(['a']);
      const { items } = await subject.store.queryIndex({ pk: `${subject.pk}/index`, reverse: true, limit: 1 });
      expect(items).toEqual([{ key: at('a'), version: 1, ...index('2') }]);
    });

    test('an item put without index, or deleted, leaves the index', async () => {
      await commit(put(at('a'), 'absent', index('1')), put(at('b'), 'absent', index('2')));
      await commit(put(at('a'), 1), remove(at('b'), 1));
      expect(await indexed()).toEqual([]);
    });

    test('an item put with another index key, moves', async () => {
      await commit(put(at('a'), 'absent', index('1')), put(at('b'), 'absent', index('2')));
      await commit(put(at('a'), 1, index('3')));
      expect(await indexed()).toEqual(['b', 'a']);
    });

    test.each([{ reverse: false }, { reverse: true }])(
      'pages over equal index keys, %j, each once',
      async ({ reverse }) => {
        const keys = numbered(9);
        await fill(keys, (sk) => index(sk < '0002' ? 'w#0' : 'w#1'));
        const items = await allPages((after) =>
          subject.store.queryIndex({
            pk: `${subject.pk}/index`,
            prefix: 'w#',
            limit: 2,
            reverse,
            ...(after !== undefined && { after }),
          }),
        );
        expect([...sortKeys(items)].sort()).toEqual(keys);
        const indexKeys = items.map((item) => item.index?.sk);
        expect(reverse ? indexKeys.reverse() : indexKeys).toEqual([...indexKeys].sort());
      },
    );

    test.each(['', 'text', '{}', '["w#1","a"]', '["w#1","a",3]', '["w#1","","a"]', '["x","a","a"]'])(
      'page token %j, is refused',
      async (after) => {
        await expect(
          subject.store.queryIndex({ pk: `${subject.pk}/index`, prefix: 'w#', after }),
        ).rejects.toMatchObject({
          code: 'InvalidParameter',
        });
      },
    );
  });
}
