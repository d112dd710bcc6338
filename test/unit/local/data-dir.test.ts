import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCredentials, loadJoinToken, makeDataDir, writeShellEnvironment } from '#local/data-dir.ts';
import { lockDataDir } from '#local/data-dir-lock.ts';

let dir: string;
const mode = (name: string): number => statSync(path.join(dir, name)).mode & 0o777;

beforeEach(() => {
  dir = path.join(mkdtempSync(path.join(tmpdir(), 'berth-data-')), 'data');
  makeDataDir(dir);
});

afterEach(() => rmSync(path.dirname(dir), { recursive: true, force: true }));

describe('data directory', () => {
  it('keys and tokens, are made once, look like AWS’s and are for the owner alone', () => {
    const key = loadCredentials(dir, '123456789012');
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(key.secretAccessKey).toHaveLength(40);
    expect(loadCredentials(dir, '123456789012')).toEqual(key);
    expect(loadJoinToken(dir)).toBe(loadJoinToken(dir));
    expect([mode('.'), mode('credentials.json'), mode('join-token')]).toEqual([0o700, 0o600, 0o600]);
  });

  it('the shell environment, names the endpoint, the region for both AWS command lines and the keys', () => {
    const key = loadCredentials(dir, '123456789012');
    const file = writeShellEnvironment(dir, { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', key });
    const text = readFileSync(file, 'utf8');
    expect(text).toContain("export AWS_ENDPOINT_URL_ECS='http://127.0.0.1:1'\n");
    expect(text).toContain("export AWS_REGION='eu-west-1'\n");
    expect(text).toContain("export AWS_DEFAULT_REGION='eu-west-1'\n");
    expect(text).toContain(`export AWS_ACCESS_KEY_ID='${key.accessKeyId}'\n`);
    expect(text).toContain(`export AWS_SECRET_ACCESS_KEY='${key.secretAccessKey}'\n`);
    expect(mode('env')).toBe(0o600);
  });
});

describe('lock of a data directory', () => {
  it('held by a living process, is refused naming it, and is free after its unlock', () => {
    const unlock = lockDataDir(dir);
    expect(() => lockDataDir(dir)).toThrow(String(process.pid));
    unlock();
    lockDataDir(dir)();
  });

  it('left by a process that is gone or that wrote nothing, is taken over', () => {
    // Linux gives no process a number this high.
    for (const left of ['4194305', '']) {
      writeFileSync(path.join(dir, 'lock'), left);
      lockDataDir(dir)();
    }
  });
});
