import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newTaskState } from '#agent/engine/task-state.ts';
import type { TaskBook } from '#agent/state/agent-disk.ts';
import { fileDisk } from '#agent/state/file-disk.ts';
import { aTaskSpec } from '#test/support/agent-specs.ts';
import { agentWorld } from '#test/support/agent-world.ts';

const BOOK: TaskBook = {
  tasks: [{ ...newTaskState(aTaskSpec({ taskId: 't1' })), begun: true }],
  tombstones: { 't1.1': 1_700_000_000_000 },
};

describe('file disk', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'berth-agent-state-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('a saved book and identity, load as they were', async () => {
    const identity = { instanceId: 'i-1', agentEpoch: 3, formerIds: ['i-0'], privateKey: { kty: 'OKP' } };
    const disk = await fileDisk(dataDir);
    await disk.saveBook(BOOK);
    await disk.saveIdentity(identity);
    const again = await fileDisk(dataDir);
    expect(await again.loadBook()).toEqual(BOOK);
    expect(await again.loadIdentity()).toEqual(identity);
  });

  it('the identity, is readable by its owner only', async () => {
    const disk = await fileDisk(dataDir);
    await disk.saveIdentity({ agentEpoch: 0, formerIds: [], privateKey: {} });
    expect(statSync(join(dataDir, 'identity.json')).mode & 0o777).toBe(0o600);
  });

  it('nothing saved yet, loads as undefined', async () => {
    const disk = await fileDisk(dataDir);
    expect(await disk.loadBook()).toBeUndefined();
    expect(await disk.loadIdentity()).toBeUndefined();
  });

  it('a file cut at any byte, is noticed', async () => {
    const disk = await fileDisk(dataDir);
    await disk.saveBook(BOOK);
    const path = join(dataDir, 'tasks.json');
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      expect(await disk.loadBook()).toBeUndefined();
    }
  });

  it('a file with one altered byte, is noticed wherever it is', async () => {
    const disk = await fileDisk(dataDir);
    await disk.saveBook(BOOK);
    const path = join(dataDir, 'tasks.json');
    const whole = readFileSync(path);
    for (let position = 0; position < whole.length; position += 7) {
      const altered = Buffer.from(whole);
      altered[position] = (altered[position] ?? 0) ^ 1;
      writeFileSync(path, altered);
      expect(await disk.loadBook()).toBeUndefined();
    }
  });

  it('an agent restarted over a damaged book, adopts its containers and starts nothing', async () => {
    for (const cut of [0, 1, 64, 65, 66, 200, 400]) {
      const world = agentWorld();
      world.disk = await fileDisk(join(dataDir, `cut-${cut}`));
      world.server.hold(aTaskSpec({ taskId: 't1' }));
      const agent = await startOnRealDisk(world);
      await agent.stop();
      const path = join(dataDir, `cut-${cut}`, 'tasks.json');
      writeFileSync(path, readFileSync(path).subarray(0, cut));
      await startOnRealDisk(world);
      expect(world.machine.counts).toMatchObject({ create: 1, start: 1, stop: 0 });
    }
  });
});

/** Real file system calls take real time, which stepped time does not wait for. */
async function startOnRealDisk(world: ReturnType<typeof agentWorld>): ReturnType<typeof world.start> {
  const reports = world.server.reports.length;
  const agent = await world.start();
  for (let tries = 0; tries < 500 && world.server.reports.length === reports; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await world.advance(10);
  }
  return agent;
}
