import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { positionsInFile } from '#local/event-source-mapping/stream-positions.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stream-positions-'));
  file = path.join(folder, 'positions.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('positions in a file, opened again, they are there for the same stream only', () => {
  const first = positionsInFile(file, 'stream');
  expect(first.isEmpty()).toBe(true);
  first.save('a', '49590338271490256608559692538361571095921575989136588898');
  expect(positionsInFile(file, 'stream').load('a')).toBe('49590338271490256608559692538361571095921575989136588898');
  expect(positionsInFile(file, 'another stream').isEmpty()).toBe(true);
});

test('positions in a file, a damaged file, says which file to remove', () => {
  writeFileSync(file, '{');
  expect(() => positionsInFile(file, 'stream')).toThrow(file);
});
