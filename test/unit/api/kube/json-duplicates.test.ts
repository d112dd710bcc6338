import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDuplicates } from '#api/kube/body/json-duplicates.ts';

describe('members that stand twice in a JSON text', () => {
  it.each<[string, readonly string[]]>([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":{"b":1,"b":{"c":1,"c":2}}}', ['a.b', 'a.b.c']],
    ['{"spec":{"list":[{"x":1},{"x":1,"x":2}]}}', ['spec.list[1].x']],
    ['[[1,2],{"a":"a","b":"a","a":1}]', ['[1].a']],
    ['{"a":"\\"a\\":1,{","b":{"a":1},"c":["a","a"]}', []],
    ['{"\\u0061":1,"a":2}', ['a']],
    [' { "a" : [ ] , "a" : { } } ', ['a']],
    ['"a"', []],
    ['{}', []],
  ])('%s, are found with their place', (text, found) => {
    expect(jsonDuplicates(text)).toEqual(found);
  });

  it('any text that JSON writes, has none', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => jsonDuplicates(JSON.stringify(value, null, 1)).length === 0));
  });

  it('a text of one MiB full of them, is read within a moment and names a hundred', () => {
    const text = `{${'"a":1,'.repeat(170_000)}"a":1}`;
    const began = performance.now();
    expect(jsonDuplicates(text)).toHaveLength(100);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
