import { expect, test } from 'vitest';
import { isDeletionDue } from '#core/task-definition/deletion.ts';

const MINUTE = 60_000;
const EVERY = 30_000;

const looks = (from: number, to: number): readonly number[] => {
  const due: number[] = [];
  for (let age = from; age <= to; age += EVERY) if (isDeletionDue(age, EVERY)) due.push(age / MINUTE);
  return due;
};

test('a revision that waits to be deleted, is looked after a minute later and then ever more seldom', () => {
  expect(looks(0, 70 * MINUTE)).toEqual([1, 2, 4, 8, 16, 32, 64]);
});

test('a revision that has waited for days, is looked after every 32 minutes', () => {
  const day = 24 * 60 * MINUTE;
  expect(looks(day, day + 96 * MINUTE)).toHaveLength(4);
});

test('sweeps that come late, miss no more than one look', () => {
  const late: number[] = [];
  for (let age = 0; age <= 10 * MINUTE; age += 2 * MINUTE) if (isDeletionDue(age, 2 * MINUTE)) late.push(age / MINUTE);
  expect(late).toEqual([2, 4, 8]);
});
