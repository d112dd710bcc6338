import { text } from 'node:stream/consumers';
import { cleanUp, type RunIdentity, removeRun } from './clean-up.ts';

/**
 * Waits for the end of whoever holds the other end of its standard input, then cleans up after it: after a crash, a
 * kill -9 or Ctrl-C as after an ordinary end. The directory stays unless it was told `remove`.
 */
const run = JSON.parse(process.argv[2] ?? '') as RunIdentity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
const told = await text(process.stdin);
await cleanUp(run);
if (told.includes('remove')) await removeRun(run);
