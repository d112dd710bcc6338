import { type FileHandle, open } from 'node:fs/promises';
import { sleep, type Timers } from '../../ports.ts';
import type { LogsWanted, OutputChunk } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';

/** What is kept of a process's output: when there is twice as much, the older half goes. */
export const KEPT_BYTES = 8 * 1024 * 1024;

const PIECE_BYTES = 64 * 1024;
const POLL_MS = 200;
const NEWLINE = 10;

/** What a process wrote into its file, and what it writes while it is followed. Nobody wrote down when. */
export async function* readProcessLogs(
  path: string,
  { follow, timestamps, tail, since }: LogsWanted,
  { timers, signal, isRunning }: { timers: Timers; signal: AbortSignal; isRunning: () => Promise<boolean> },
): AsyncGenerator<OutputChunk> {
  if (timestamps || since !== undefined) {
    throw new RuntimeFault('CannotInspectContainerError', 'the process runtime does not know when a line was written');
  }
  const file = await open(path, 'r').catch(() => undefined);
  // Nothing was ever started, so nothing was written.
  if (!file) return;
  try {
    let at = tail === undefined ? 0 : await tailStart(file, tail);
    while (!signal.aborted) {
      // Asked before the file is read: what a process wrote last is read after its end was seen.
      const goesOn = follow && (await isRunning());
      const { size } = await file.stat();
      // It was cut to its newer half: what was not read of it is gone.
      if (size < at) at = 0;
      while (at < size && !signal.aborted) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, at);
        if (bytesRead === 0) break;
        at += bytesRead;
        yield { stream: 'stdout', data: buffer.subarray(0, bytesRead) };
      }
      if (!goesOn) return;
      await sleep(timers, POLL_MS);
    }
  } finally {
    await file.close();
  }
}

/** Where the last `lines` lines begin. */
async function tailStart(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  let missing = lines;
  let end = size;
  const last = Buffer.alloc(1);
  if (size > 0) await file.read(last, 0, 1, size - 1);
  // A line that is not ended yet counts as one.
  if (last[0] === NEWLINE) missing += 1;
  if (lines === 0) return size;
  while (end > 0) {
    const start = Math.max(0, end - PIECE_BYTES);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let at = buffer.length - 1; at >= 0; at -= 1) {
      if (buffer[at] !== NEWLINE) continue;
      missing -= 1;
      if (missing === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}

/**
 * Cuts a file to its newer half once it is twice as large as what is kept. Its writer appends, so it goes on at the new
 * end; what it writes in this very moment may be lost.
 */
export async function boundFile(path: string, keptBytes = KEPT_BYTES): Promise<void> {
  const file = await open(path, 'r+').catch(() => undefined);
  if (!file) return;
  try {
    const { size } = await file.stat();
    if (size <= 2 * keptBytes) return;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(keptBytes), 0, keptBytes, size - keptBytes);
    const whole = buffer.subarray(buffer.indexOf(NEWLINE) + 1, bytesRead);
    await file.truncate(0);
    // Positions are ours: the writer appends behind whatever is there.
    await file.write(whole, 0, whole.length, 0);
  } finally {
    await file.close();
  }
}
