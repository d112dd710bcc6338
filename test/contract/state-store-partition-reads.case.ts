import { describe, expect, test } from 'vitest';
import { allPages, body, numbered, put, remove, type StoreSubject, sortKeys } from './store-subject.ts';

/** Reading many keys, and one partition in order and in pages. */
export function statePartitionReads(subject: StoreSubject): void {
  const { at, commit, fill } = subject;

  describe('reading many', () => {
    test('250 keys with gaps and repeats, answers align with the keys', async () => {
      const keys = numbered(250);
      const present = keys.filter((_, index) => index % 3 !== 0);
      await fill(present, (sk) => body({ sk }));
      const asked = [...keys].reverse().concat(keys.slice(0, 5));
      const items = await subject.store.getMany(asked.map(at));
      expect(items.map((item) => item?.key.sk)).toEqual(asked.map((sk) => (present.includes(sk) ? sk : undefined)));
    });

    test('no keys, no items', async () => {
      expect(await subject.store.getMany([])).toEqual([]);
    });
  });

  describe('querying a partition', () => {
    test('items of other partitions, are not returned', async () => {
      await fill(['a']);
      await commit(put({ pk: `${subject.pk}0`, sk: 'b' }, 'absent'));
      expect(sortKeys((await subject.store.query({ pk: subject.pk })).items)).toEqual(['a']);
      expect(await subject.store.query({ pk: `${subject.pk}/none` })).toEqual({ items: [] });
    });

    test('sort keys of any script, come in the order of their UTF-8 bytes', async () => {
      const keys = ['A', 'Z', 'a', 'z', '~', 'ß', 'é', '中', '\uffee', '\u{1f600}', '\u{10ffff}'];
      await fill([...keys].reverse());
      expect(sortKeys((await subject.store.query({ pk: subject.pk })).items)).toEqual(keys);
      expect(sortKeys((await subject.store.query({ pk: subject.pk, reverse: true })).items)).toEqual(
        [...keys].reverse(),
      );
    });

    test.each([
      ['TASK#', ['TASK#', 'TASK#1', 'TASK#2']],
      ['TASK', ['TASK', 'TASK!', 'TASK#', 'TASK#1', 'TASK#2', 'TASK$']],
      ['%', ['%', '%25']],
      ['_', ['_', '_a']],
      ['é', ['é', 'éa']],
      ['\ud7ff', ['\ud7ff', '\ud7ffa']],
      ['\u{10ffff}', ['\u{10ffff}', '\u{10ffff}a']],
      ['none', []],
    ])('prefix %j, finds exactly what starts with it', async (prefix, expected) => {
      await fill([
        ...['TASK', 'TASK!', 'TASK#', 'TASK#1', 'TASK#2', 'TASK$', 'TASJ', 'TASL', 'task#1'],
        ...['%', '%25', '&', '_', '_a', '`', 'x%y', 'e', 'é', 'éa', 'ê'],
        ...['\ud7ff', '\ud7ffa', '\ue000', '\u{10fffe}', '\u{10ffff}', '\u{10ffff}a'],
      ]);
      expect(sortKeys((await subject.store.query({ pk: subject.pk, prefix })).items)).toEqual(expected);
    });

    test.each([{ reverse: false }, { reverse: true }])('pages of 3, %j, return each item once', async ({ reverse }) => {
      const keys = numbered(10);
      await fill([...keys.map((key) => `p#${key}`), 'o#', 'q#']);
      const items = await allPages((after) =>
        subject.store.query({ pk: subject.pk, prefix: 'p#', limit: 3, reverse, ...(after !== undefined && { after }) }),
      );
      const expected = keys.map((key) => `p#${key}`);
      expect(sortKeys(items)).toEqual(reverse ? expected.reverse() : expected);
    });

    test('an item written behind the page, does not disturb the next page', async () => {
      await fill(['a', 'b', 'd']);
      const first = await subject.store.query({ pk: subject.pk, limit: 2 });
      await commit(remove(at('b'), 1), put(at('aa'), 'absent'), put(at('c'), 'absent'));
      expect(sortKeys((await subject.store.query({ pk: subject.pk, after: first.next ?? '' })).items)).toEqual([
        'c',
        'd',
      ]);
    });

    test('a page token of another query, is refused', async () => {
      await expect(subject.store.query({ pk: subject.pk, prefix: 'a#', after: 'b#1' })).rejects.toMatchObject({
        code: 'InvalidParameter',
      });
      await expect(subject.store.query({ pk: subject.pk, after: '' })).rejects.toMatchObject({
        code: 'InvalidParameter',
      });
    });
  });
}
