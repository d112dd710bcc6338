import { expect, test } from 'vitest';
import { parseCpu, parseMemory } from '#core/task-definition/task-size.ts';

test.each([
  ['256', 256],
  ['1 vCPU', 1024],
  ['.25 vcpu', 256],
  ['0.5vCPU', 512],
])('parseCpu, of %s, counts units', (text, units) => {
  expect(parseCpu(text)).toBe(units);
});

test.each([
  ['512', 512],
  ['2GB', 2048],
  ['0.5 gb', 512],
])('parseMemory, of %s, counts mebibytes', (text, mebibytes) => {
  expect(parseMemory(text)).toBe(mebibytes);
});

test('parseCpu and parseMemory, of anything else, are undefined', () => {
  for (const text of ['', '-1', '1.5', 'much', '1 GB GB', '0.3 vCPU x', '1e3', '9'.repeat(1_000_000)]) {
    expect([parseCpu(text), parseMemory(text)]).toEqual([undefined, undefined]);
  }
  expect(parseCpu('0.3 vCPU')).toBeUndefined();
});
