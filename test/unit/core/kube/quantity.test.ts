import { describe, expect, it } from 'vitest';
import { mebibytesOf, milliOf, parseQuantity } from '#core/kube/quantity.ts';

const NANO = 1_000_000_000n;

describe('parseQuantity', () => {
  it.each<[unknown, bigint]>([
    ['1', NANO],
    [2, 2n * NANO],
    [0.5, NANO / 2n],
    ['250m', NANO / 4n],
    ['.5', NANO / 2n],
    ['5.', 5n * NANO],
    ['+1', NANO],
    ['-1', -NANO],
    ['100n', 100n],
    ['1u', 1_000n],
    ['0.5n', 1n],
    ['1.5Gi', 1_610_612_736n * NANO],
    ['128Mi', 134_217_728n * NANO],
    ['1Ki', 1024n * NANO],
    ['1k', 1_000n * NANO],
    ['2e3', 2_000n * NANO],
    ['2E3', 2_000n * NANO],
    ['1e-3', NANO / 1_000n],
    ['1E', 10n ** 18n * NANO],
    ['0', 0n],
  ])('of %j, is that many billionths', (text, nanos) => {
    expect(parseQuantity(text)).toBe(nanos);
  });

  it('of more than 64 bits hold, is what they hold', () => {
    expect(parseQuantity('100E')).toBe((2n ** 63n - 1n) * NANO);
    expect(parseQuantity('1e999')).toBe((2n ** 63n - 1n) * NANO);
    expect(parseQuantity('1e-999')).toBe(1n);
  });

  it.each([
    '',
    '.',
    'm',
    'Gi',
    '1K',
    '1mi',
    '1 Gi',
    '0x10',
    '1e',
    '1ee3',
    '1,5',
    '--1',
    'NaN',
    null,
    {},
    true,
    '9'.repeat(65),
  ])('of %j, is nothing', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('units of a quantity', () => {
  it('of fractions, are rounded up', () => {
    expect(milliOf(parseQuantity('0.1001') ?? 0n)).toBe(101);
    expect(mebibytesOf(parseQuantity('1') ?? 0n)).toBe(1);
    expect(mebibytesOf(parseQuantity('1G') ?? 0n)).toBe(954);
    expect(mebibytesOf(parseQuantity('1Gi') ?? 0n)).toBe(1024);
  });
});
