import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { DescribeServicesCommand, waitUntilServicesStable } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { awsCliMissing } from '#test/support/e2e-aws-cli.ts';
import { instancesThere, waiting } from '#test/support/e2e-ecs.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';

const exec = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '..', '..');

/** What the README tells its reader to type into the second shell. */
function readmeScript(): string {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const [, script] = /In another shell:\s+```sh\n(.*?)```/s.exec(readme) ?? [];
  if (script === undefined) throw new Error('the README has no commands for another shell any more');
  return script;
}

/** A directory with an `npx` that runs this checkout, as it does where the README's reader stands. */
function npxIn(home: string): string {
  const directory = path.join(home, 'bin');
  mkdirSync(directory);
  const shim = path.join(directory, 'npx');
  writeFileSync(shim, `#!/bin/sh\nshift\nexec '${process.execPath}' '${path.join(ROOT, 'cli', 'bin.mjs')}' "$@"\n`);
  chmodSync(shim, 0o755);
  return directory;
}

it.runIf(runnable("the README's commands", await awsCliMissing()))(
  "the README's quick start, typed as it stands, gives three running tasks",
  async () => {
    const stack = await startStack();
    await instancesThere(stack.ecs, 1);
    // Inside the data directory, so that it is removed with it.
    const home = path.join(stack.dataDir, 'home');
    mkdirSync(home);
    symlinkSync(stack.dataDir, path.join(home, '.berth'));
    const env = {
      PATH: `${npxIn(home)}:${process.env.PATH}`,
      HOME: home,
      AWS_PAGER: '',
      // Left over from a real account; the README's first line must put it out of the way.
      AWS_PROFILE: 'a-real-account',
      AWS_SESSION_TOKEN: 'of-a-real-account',
    };
    const { stdout } = await exec('sh', ['-e', '-c', readmeScript()], { cwd: home, env, timeout: 60_000 });
    expect(stdout).toContain('"taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/hello:1"');
    expect(stdout).toMatch(/^hello\s+ACTIVE\s+3/m);
    expect((await waitUntilServicesStable(waiting(stack.ecs), { services: ['hello'] })).state).toBe('SUCCESS');
    const { services } = await stack.ecs.send(new DescribeServicesCommand({ services: ['hello'] }));
    expect(services).toMatchObject([{ runningCount: 3, pendingCount: 0 }]);
  },
);
