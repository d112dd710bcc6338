import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findStack, parseShellExports } from '#cli/stack-address.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'berth-address-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const EXPORTS = [
  "export AWS_ENDPOINT_URL_ECS='http://127.0.0.1:8700'",
  "export AWS_ACCESS_KEY_ID='AKIAFILE'",
  "export AWS_SECRET_ACCESS_KEY='a+b/c='",
  "export AWS_REGION='eu-west-1'",
  'unset AWS_SESSION_TOKEN',
].join('\n');

describe('stack address', () => {
  it('a data directory, named, decides over the shell', () => {
    writeFileSync(path.join(dataDir, 'env'), EXPORTS);
    const shell = { AWS_ENDPOINT_URL: 'http://other', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    expect(findStack(dataDir, shell)).toEqual({
      endpoint: 'http://127.0.0.1:8700',
      region: 'eu-west-1',
      accessKeyId: 'AKIAFILE',
      secretAccessKey: 'a+b/c=',
    });
  });

  it('a shell with an endpoint and a key pair, no directory named, is used', () => {
    const shell = { AWS_ENDPOINT_URL: 'http://other', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    expect(findStack(undefined, shell).endpoint).toBe('http://other');
  });

  it('a directory without a stack, named, is an error that names the fix', () => {
    expect(() => findStack(dataDir, {})).toThrow(/start it with npm start/);
  });

  it('a file without an endpoint, read, never falls back to AWS', () => {
    writeFileSync(path.join(dataDir, 'env'), "export AWS_ACCESS_KEY_ID='a'\nexport AWS_SECRET_ACCESS_KEY='b'\n");
    expect(() => findStack(dataDir, {})).toThrow(/does not name an endpoint/);
  });

  it('shell exports, in every quoting, are read and commands are not run', () => {
    const text = `export A='1 2'\nB="3"\nC=4\nunset D\nexport E='$(touch x)'\n`;
    expect(parseShellExports(text)).toEqual({ A: '1 2', B: '3', C: '4', E: '$(touch x)' });
  });
});
