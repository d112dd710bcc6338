import { beforeEach, describe, expect, test } from 'vitest';
import { readLogs } from '#control/sessions/read-logs.ts';
import { readSession } from '#control/sessions/read-session.ts';
import { takeOutput } from '#control/sessions/take-output.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { LogsOrder } from '#core/model/session.ts';
import { type SessionWorld, sessionWorld } from '#test/support/session-world.ts';

let world: SessionWorld;

beforeEach(async () => {
  world = await sessionWorld();
});

const order = (more: Partial<LogsOrder> = {}): LogsOrder => ({
  kind: 'logs',
  follow: false,
  timestamps: false,
  previous: false,
  ...more,
});

/** Reads as the Kubernetes face does; its waits let the world go on, and its agent hear of what waits for it. */
async function read(more: Partial<LogsOrder> = {}, signal?: AbortSignal) {
  const [view] = await describeTasks(world.deps, 'default', [world.taskId]);
  if (!view) throw new Error('the task is gone');
  const sleep = async (ms: number): Promise<void> => {
    world.host.hear(world.bells.map(({ session = '' }) => session));
    await world.pass(ms);
  };
  const request = { view, container: 'app', order: order(more), caller: 'ada' };
  return readLogs(world.deps, request, { sleep, ...(signal && { signal }) });
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return Buffer.concat(found).toString();
}

const print = (text: string): void => world.machine.output(world.container).print(text);

describe('logs over a session', () => {
  test('what a container wrote, comes whole and in order, and nothing of it stays', async () => {
    const text = Array.from({ length: 3_000 }, (_, at) => `line ${at}\n`).join('');
    print(text);
    expect(await textOf(await read())).toBe(text);
    const left = await readSession(world.deps, world.bells[0]?.session ?? '');
    // The last answer is not confirmed; it goes with the rest of the session.
    expect(left?.output.length).toBeLessThanOrEqual(2);
    expect(left?.progress?.value.end).toBeDefined();
  });

  test('the newest lines, are asked of the agent', async () => {
    print('first\nsecond\nthird\n');
    expect(await textOf(await read({ tail: 1 }))).toBe('third\n');
  });

  test('followed, they go on until the container is over', async () => {
    print('early\n');
    const pieces = await read({ follow: true });
    expect(Buffer.from((await pieces.next()).value ?? '').toString()).toBe('early\n');
    print('late\n');
    expect(Buffer.from((await pieces.next()).value ?? '').toString()).toBe('late\n');
    world.machine.exit(world.container, 0);
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  test('a reader that goes away, ends the session, and its agent stops reading', async () => {
    print('early\n');
    const gone = new AbortController();
    const pieces = await read({ follow: true }, gone.signal);
    await pieces.next();
    gone.abort();
    expect((await pieces.next()).done).toBe(true);
    const sessionId = world.bells[0]?.session ?? '';
    expect((await readSession(world.deps, sessionId))?.grant.value.closed?.reason).toBe('Nobody reads any more.');
    await world.pass(3_000);
    const calls = world.calls();
    await world.pass(30_000);
    expect(world.calls()).toBe(calls);
  });

  test('what the agent cannot tell, is said in its words', async () => {
    await expect(textOf(await read({ previous: true }))).rejects.toMatchObject({
      code: 'InvalidParameter',
      message: 'previous terminated container "app" not found',
    });
    await expect(textOf(await read({ timestamps: true }))).rejects.toThrow(/does not know when/);
  });

  test('an agent that is not connected, or does not come, is told as such', async () => {
    const [view] = await describeTasks(world.deps, 'default', [world.taskId]);
    if (!view) throw new Error('the task is gone');
    const request = { view, container: 'app', order: order(), caller: 'ada' };
    const sleep = async (ms: number) => world.advance(ms);
    // Its lease is renewed, but it never asks for what waits for it.
    const silent = readLogs(world.deps, request, { sleep });
    await expect(textOf(silent)).rejects.toMatchObject({ code: 'TargetNotConnected' });
    world.advance(world.deps.timings.lease);
    await expect(textOf(readLogs(world.deps, request, { sleep }))).rejects.toMatchObject({
      code: 'TargetNotConnected',
      message: 'The agent of the task’s container instance is not connected. Wait and try again.',
    });
  });

  test('output, is for the caller the session was opened for, and commands have none to read', async () => {
    const { sessionId } = await world.grant(order());
    expect(await takeOutput(world.deps, { sessionId, caller: 'ada' }, 0)).toEqual({ pieces: [] });
    const refused = { code: 'TargetNotFound' };
    await expect(takeOutput(world.deps, { sessionId, caller: 'eve' }, 0)).rejects.toMatchObject(refused);
    await expect(takeOutput(world.deps, { sessionId: 'other', caller: 'ada' }, 0)).rejects.toMatchObject(refused);
    const command = await world.grant({ kind: 'exec', command: ['sh'], terminal: true });
    const { sessionId: other } = command;
    await expect(takeOutput(world.deps, { sessionId: other, caller: 'ada' }, 0)).rejects.toMatchObject(refused);
  });

  test('output that was answered and not confirmed, is answered again', async () => {
    print('once\n');
    const { sessionId } = await world.grant(order());
    world.host.hear([sessionId]);
    await world.pass(500);
    const first = await takeOutput(world.deps, { sessionId, caller: 'ada' }, 0);
    expect(first).toMatchObject({ pieces: [{ sequence: 0 }], end: {} });
    expect(await takeOutput(world.deps, { sessionId, caller: 'ada' }, 0)).toEqual(first);
    expect(await takeOutput(world.deps, { sessionId, caller: 'ada' }, 1)).toEqual({ pieces: [], end: first.end });
    expect((await readSession(world.deps, sessionId))?.output).toEqual([]);
  });
});
