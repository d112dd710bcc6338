import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownIdentity } from '#agent/process-stat.ts';
import { deadlineFile, readDeadline } from '#agent/watchdog/deadline-file.ts';

describe('deadline file', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'berth-deadline-'));
    path = join(directory, 'deadline.json');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('a saved deadline, is read with its owners, its boot and its writer', async () => {
    const store = await deadlineFile(path, 'boot-1');
    await store.save(12_340, ['i-2', 'i-1']);
    const agent = await ownIdentity();
    expect(await readDeadline(path)).toEqual({ boot: 'boot-1', at: 12_340, owners: ['i-2', 'i-1'], agent });
    expect(await store.load()).toBe(12_340);
  });

  it('a deadline of an earlier boot, is none to the agent', async () => {
    await (await deadlineFile(path, 'boot-1')).save(12_340, ['i-1']);
    expect(await (await deadlineFile(path, 'boot-2')).load()).toBeUndefined();
  });

  it('no file, is no deadline', async () => {
    expect(await readDeadline(path)).toBeUndefined();
  });

  it('a file cut at any byte, is no deadline', async () => {
    await (await deadlineFile(path, 'boot-1')).save(12_340, ['i-1']);
    const whole = readFileSync(path, 'utf8');
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(path, whole.slice(0, length));
      expect(await readDeadline(path)).toBeUndefined();
    }
  });

  it('a reader while the agent writes, never sees half a deadline', async () => {
    const store = await deadlineFile(path, 'boot-1');
    await store.save(0, ['i-1']);
    let isWriting = true;
    const writing = (async () => {
      for (let at = 1; at <= 200; at += 1) await store.save(at, ['i-1', `i-${'x'.repeat(at)}`]);
      isWriting = false;
    })();
    while (isWriting) expect(await readDeadline(path)).toBeDefined();
    await writing;
    expect((await readDeadline(path))?.at).toBe(200);
  });
});
