import { describe, expect, test } from 'vitest';
import { body, COMMITTED, put, type StoreSubject } from './store-subject.ts';

/** What comes back of what was put. */
export function stateStoreValues(subject: StoreSubject): void {
  const { at, commit } = subject;

  describe('values', () => {
    test('every member of an item, comes back', async () => {
      const content = body(
        { text: '', list: [1, 'two', null, [true]], nested: { empty: {}, none: [] }, fraction: 0.1 },
        {
          index: { pk: `${subject.pk}/index`, sk: 'x' },
          wake: { work: { kind: 'service', cluster: 'c', service: 's' }, at: 1_700_000_000_123 },
          expiresAt: 1_700_000_000_000,
        },
      );
      await commit(put(at('a'), 'absent', content));
      expect(await subject.store.get(at('a'))).toEqual({ key: at('a'), version: 1, ...content });
    });

    test('a wake without a time, comes back without one', async () => {
      await commit(put(at('a'), 'absent', body({}, { wake: { work: { kind: 'placement', cluster: 'c' } } })));
      expect(await subject.store.get(at('a'))).toHaveProperty('wake', { work: { kind: 'placement', cluster: 'c' } });
    });

    test('expiry within a second, is kept rounded up to the second', async () => {
      await commit(put(at('a'), 'absent', body({}, { expiresAt: 1_700_000_000_001 })));
      expect(await subject.store.get(at('a'))).toMatchObject({ expiresAt: 1_700_000_001_000 });
    });

    test('undefined members, are dropped', async () => {
      await commit(put(at('a'), 'absent', body({ kept: 1, gone: undefined, nested: { gone: undefined } })));
      const item = await subject.store.get(at('a'));
      expect(item?.value).toStrictEqual({ kept: 1, nested: {} });
    });

    test('numbers at the edges, come back equal', async () => {
      const value = { large: Number.MAX_SAFE_INTEGER, huge: 2 ** 60, tiny: 1e-9, negative: -12.5, zero: 0 };
      await commit(put(at('a'), 'absent', body(value)));
      expect(await subject.store.get(at('a'))).toMatchObject({ value });
    });

    test.each(['', '__proto__', 'constructor', 'toJSON', '~', '__proto__~', '__proto__~~'])(
      'a member named %j, comes back at every depth',
      async (name) => {
        const member = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`);
        const value = JSON.parse(`{ ${JSON.stringify(name)}: ${JSON.stringify([member])}, "other": 2 }`);
        await commit(put(at('a'), 'absent', body(value)));
        const item = await subject.store.get(at('a'));
        expect(JSON.parse(JSON.stringify(Object.entries(item?.value ?? {}).sort()))).toEqual(
          JSON.parse(JSON.stringify(Object.entries(value).sort())),
        );
        expect(await subject.store.transact([put(at('a'), 9)])).toMatchObject({ kind: 'conflict' });
      },
    );

    test('text that looks like an expression, is only text', async () => {
      const text = "'; DROP TABLE items; -- :v #n attribute_not_exists(pk) OR v = :v $1 ? % _ \\ \u0000 ☃ 😀";
      const key = { pk: `${subject.pk}/${text}`, sk: text };
      await commit(put(key, 'absent', body({ text, [text]: 1 }, { index: { pk: `${subject.pk}/index`, sk: text } })));
      expect(await subject.store.get(key)).toMatchObject({ key, value: { text, [text]: 1 } });
      expect((await subject.store.query({ pk: key.pk, prefix: text })).items).toHaveLength(1);
      expect((await subject.store.queryIndex({ pk: `${subject.pk}/index`, prefix: text })).items).toHaveLength(1);
      expect(await subject.store.transact([put(key, 9)])).toMatchObject({ conflicts: [{ current: { key } }] });
    });

    test('a value changed by the caller after the call, is stored as it was at the call', async () => {
      const value = { n: 1 };
      const written = subject.store.transact([put(at('a'), 'absent', body(value))]);
      value.n = 2;
      expect(await written).toEqual(COMMITTED);
      expect(await subject.store.get(at('a'))).toMatchObject({ value: { n: 1 } });
    });
  });
}
