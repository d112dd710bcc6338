import { expect, test } from 'vitest';
import { isFargateSize } from '#core/task-definition/fargate-sizes.ts';

const GIB = 1024;

test('isFargateSize, at both ends of every row of the table, agrees with AWS', () => {
  const rows: readonly (readonly [cpu: number, least: number, most: number])[] = [
    [256, 512, 2 * GIB],
    [512, GIB, 4 * GIB],
    [1024, 2 * GIB, 8 * GIB],
    [2048, 4 * GIB, 16 * GIB],
    [4096, 8 * GIB, 30 * GIB],
    [8192, 16 * GIB, 60 * GIB],
    [16384, 32 * GIB, 120 * GIB],
  ];
  for (const [cpu, least, most] of rows) {
    expect([least, most].map((memory) => isFargateSize(cpu, memory))).toEqual([true, true]);
    expect([least / 2, most + GIB, least + 1].map((memory) => isFargateSize(cpu, memory))).toEqual([
      false,
      false,
      false,
    ]);
  }
});

test('isFargateSize, between the steps of a row, is false', () => {
  expect(isFargateSize(8192, 17 * GIB)).toBe(false);
  expect(isFargateSize(8192, 20 * GIB)).toBe(true);
  expect(isFargateSize(16384, 36 * GIB)).toBe(false);
  expect(isFargateSize(256, 1536)).toBe(false);
  expect(isFargateSize(300, 1024)).toBe(false);
});
