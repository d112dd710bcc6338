import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

const SENDER = fileURLToPath(new URL('../support/durable-sender.ts', import.meta.url));
/** How many messages to let it send before each kill; uneven, so that kills land at different moments. */
const KILL_AFTER = [1, 57, 230];
const VISIBILITY_MS = 60_000;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'durable-queue-'));
  file = path.join(folder, 'queues.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = steppedClock(Date.UTC(2100, 0, 1));
const open = () => openMessageQueues({ path: file, clock, queues: [{ name: 'work', visibilityMs: VISIBILITY_MS }] });

/** Runs the sender until it sent `count` messages, kills it, and returns every message it said it sent. */
async function sentBeforeKill(first: number, count: number): Promise<readonly string[]> {
  const sender = spawn(process.execPath, [SENDER, file, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  sender.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > count) sender.kill('SIGKILL');
  });
  const [, signal] = await once(sender, 'close');
  expect(signal).toBe('SIGKILL');
  // A line without its end was not fully printed, so it promised nothing.
  return printed.split('\n').slice(0, -1);
}

test('embedded queue, its process killed while sending, every message that was sent can be received', async () => {
  const sent: string[] = [];
  for (const [round, count] of KILL_AFTER.entries()) sent.push(...(await sentBeforeKill(round * 1_000_000, count)));
  const queues = open();
  const received = new Set(queues.receive('work', 1_000_000).map(({ body }) => body));
  expect(sent.filter((body) => !received.has(body))).toEqual([]);
  queues.close();
});

test('embedded queue, closed while a message is being handled, it comes back after its visibility timeout', () => {
  const first = open();
  first.send('work', [{ body: 'held' }]);
  expect(first.receive('work', 10)).toHaveLength(1);
  first.close();
  const second = open();
  expect(second.receive('work', 10)).toEqual([]);
  clock.advance(VISIBILITY_MS);
  expect(second.receive('work', 10)).toMatchObject([{ body: 'held', receiveCount: 2 }]);
  second.close();
});
