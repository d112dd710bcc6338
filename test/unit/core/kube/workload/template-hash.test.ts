import { describe, expect, it } from 'vitest';
import { templateHash } from '#core/kube/deployment/template-hash.ts';
import { nameBase, nameSuffix } from '#core/kube/workload/safe-name.ts';

describe('template hash', () => {
  it('templates that say the same in another order, have the same', () => {
    expect(templateHash({ a: 1, b: [{ c: 2, d: undefined }] }, 0)).toBe(templateHash({ b: [{ c: 2 }], a: 1 }, 0));
  });

  it('another template or another collision, has another', () => {
    const hashes = [templateHash({ a: 1 }, 0), templateHash({ a: 2 }, 0), templateHash({ a: 1 }, 1)];
    expect(new Set(hashes).size).toBe(3);
    for (const hash of hashes) expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  });
});

describe('names of pods', () => {
  it('a suffix, has five letters that follow from the digits', () => {
    expect(nameSuffix('0123456789abcdef')).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(nameSuffix('0123456789abcdef')).toBe(nameSuffix('0123456789ab0000'));
  });

  it('a long name, is cut so that the whole is a label', () => {
    expect(nameBase('a'.repeat(100)).length + 5).toBe(63);
  });
});
