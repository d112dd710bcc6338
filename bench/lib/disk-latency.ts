import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { percentile, shortNumber } from './statistics.ts';

const WRITES = 200;
const BLOCK_BYTES = 4_096;

/** What this disk takes to make 4 KiB durable, where the stores of the benchmarks lie: the floor of every commit. */
export function diskLatency(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'berth-disk-'));
  try {
    const file = openSync(path.join(directory, 'probe'), 'w');
    const samples = Array.from({ length: WRITES }, () => timedWrite(file));
    closeSync(file);
    return `write and fdatasync of 4 KiB p50 ${shortNumber(percentile(samples, 0.5))} ms, p99 ${shortNumber(percentile(samples, 0.99))} ms`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function timedWrite(file: number): number {
  const begin = performance.now();
  writeSync(file, Buffer.alloc(BLOCK_BYTES));
  fdatasyncSync(file);
  return performance.now() - begin;
}
