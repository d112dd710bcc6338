import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownIdentity, type ProcessIdentity, processStat, stateOf } from '#agent/process-stat.ts';
import { claimHolder, fileClaim } from '#agent/watchdog/claim.ts';

describe("watchdog's claim", () => {
  let directory: string;
  let path: string;
  let other: ReturnType<typeof spawn>;
  let otherIdentity: ProcessIdentity;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'berth-claim-'));
    path = join(directory, 'watchdog.json');
    other = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(other, 'spawn');
    const pid = other.pid ?? 0;
    otherIdentity = { pid, startTime: (await processStat(pid))?.startTime ?? '' };
  });
  afterEach(async () => {
    if (other.exitCode === null && other.signalCode === null) {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('a free claim, is taken, kept and given back', async () => {
    const claim = fileClaim(path, await ownIdentity());
    expect(await claim.hold()).toBe(true);
    expect(await claim.hold()).toBe(true);
    expect(await claimHolder(path)).toEqual(await ownIdentity());
    await claim.release();
    expect(await claimHolder(path)).toBeUndefined();
  });

  it('a process that runs has it, is left to it', async () => {
    await fileClaim(path, otherIdentity).hold();
    const claim = fileClaim(path, await ownIdentity());
    expect(await claim.hold()).toBe(false);
    await claim.release();
    expect(await claimHolder(path)).toEqual(otherIdentity);
  });

  it('a process that is gone had it, is taken over', async () => {
    await fileClaim(path, otherIdentity).hold();
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await fileClaim(path, await ownIdentity()).hold()).toBe(true);
  });

  it('a process that was stopped has it, is taken over, for it could not act', async () => {
    await fileClaim(path, otherIdentity).hold();
    other.kill('SIGSTOP');
    await expect.poll(() => stateOf(otherIdentity)).toBe('stopped');
    expect(await claimHolder(path)).toBeUndefined();
    expect(await fileClaim(path, await ownIdentity()).hold()).toBe(true);
    other.kill('SIGCONT');
    await expect.poll(() => stateOf(otherIdentity)).toBe('running');
    expect(await fileClaim(path, otherIdentity).hold()).toBe(false);
  });

  it('a pid that was given out again, is not the process that had it', async () => {
    await fileClaim(path, { ...otherIdentity, startTime: '1' }).hold();
    expect(await claimHolder(path)).toBeUndefined();
  });

  it('a damaged file, is nobody’s claim', async () => {
    writeFileSync(path, 'deadbeef\n{"pid":1}');
    expect(await fileClaim(path, await ownIdentity()).hold()).toBe(true);
  });

  it('a directory that is gone, can be claimed by nobody and is in nobody’s way', async () => {
    rmSync(directory, { recursive: true });
    expect(await fileClaim(path, await ownIdentity()).hold()).toBe(true);
  });
});
