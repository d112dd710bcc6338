import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { identify, isAlive, signal } from '#adapters/agent-processes/process-identity.ts';

const identity = z.object({ pid: z.number(), startTime: z.string().optional() });
const TICK_MS = 50;

/** Where a stack notes its database's process. */
export const databaseNote = (dataDir: string): string => path.join(dataDir, 'dynamodb.json');

export const endLeftoverDatabase = (dataDir: string): Promise<void> => endLeftover(databaseNote(dataDir));

/** Notes in a file which process was started, so that a later stack finds it when this one is killed. */
export const noteProcess = (file: string, pid: number): void => writeFileSync(file, JSON.stringify(identify(pid)));

/** Ends the noted process of a killed stack: it would hold the data that the next one opens. */
async function endLeftover(file: string): Promise<void> {
  const { pid, startTime } = identity.safeParse(readNote(file)).data ?? {};
  if (pid === undefined) return;
  const process = { pid, ...(startTime !== undefined && { startTime }) };
  signal(process, 'SIGKILL');
  while (isAlive(process)) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  rmSync(file);
}

function readNote(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // Half a note is as good as none: its writer was killed before anything was stored.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return;
    throw error;
  }
}
