import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findNode } from '../../../scripts/node-runtime.mjs';

const BIN = path.join(import.meta.dirname, '..', '..', '..', 'cli', 'bin.mjs');
const berth = (...args: readonly string[]) =>
  spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH }, cwd: tmpdir() });

describe('finding Node', () => {
  it('this Node, new enough, is used', () => {
    expect(findNode('/nowhere', { version: '24.1.0', execPath: '/opt/node' })).toEqual({ path: '/opt/node' });
  });

  it('an old Node on a covered platform, nothing installed, names npm ci', () => {
    const found = findNode('/nowhere', { version: '20.9.0', platform: 'linux', arch: 'x64' });
    expect(found).toEqual({
      problem: expect.stringMatching(/needs Node 24 or newer and this is 20\.9\.0: run "npm ci"/),
    });
  });

  it('an old Node on another platform, nothing installed, names the version to install', () => {
    const found = findNode('/nowhere', { version: '20.9.0', platform: 'linux', arch: 's390x' });
    expect(found).toEqual({ problem: expect.stringContaining('install Node 24 or newer') });
  });
});

describe('the command line', () => {
  it('help, asked for, shows examples and ends with 0', () => {
    const { status, stdout } = berth('up', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--time-scale');
    expect(stdout).toContain('Examples:');
  });

  it.each([
    [['fly'], "unknown command 'fly'"],
    [['up', '--speed', '9'], "unknown option '--speed'"],
    [['up', '--agents', 'x'], "--agents must be a whole number from 0 to 100, got 'x'"],
    [['up', '--agents', '3', '--max-agents', '2'], '--max-agents must not be below --agents (3)'],
    [['agent'], "required option '--endpoint <url>'"],
  ])('%j, given, ends with 2 and says why', (args, why) => {
    const { status, stderr } = berth(...args);
    expect(stderr).toContain(why);
    expect(status).toBe(2);
  });

  it('status, nothing listening, ends with 1 and names npm start', () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'status'], { encoding: 'utf8', env });
    expect(stderr).toContain('no stack answers at http://127.0.0.1:9; start it with npm start');
    expect(status).toBe(1);
  });
});
