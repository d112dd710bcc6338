import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);
const demo = (runtime: string) => exec(process.execPath, [BIN, 'demo', '--runtime', runtime], { timeout: 70_000 });

const withDocker = runnable('the demonstration on Docker', await dockerMissing());

describe('the demonstration', () => {
  it('with processes, one killed, shows its replacement and ends with 0', async () => {
    const { stdout } = await demo('process');
    expect(stdout).toContain('3 RUNNING');
    expect(stdout).toMatch(/RUNNING\s+replacement/);
  });

  it.runIf(withDocker)('with containers, one killed, shows its replacement and leaves no container', async () => {
    const { stdout } = await demo('docker');
    expect(stdout).toMatch(/RUNNING\s+replacement/);
    const left = await exec('docker', ['ps', '--all', '--quiet', '--filter', 'ancestor=berth-demo/busybox:1']);
    expect(left.stdout).toBe('');
  });
});
