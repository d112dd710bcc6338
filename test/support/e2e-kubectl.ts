import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { tryCommand } from '#cli/demo/run-command.ts';
import type { CliAnswer } from './e2e-aws-cli.ts';
import type { RunningStack } from './running-stack.ts';
import { waitUntil } from './wait-until.ts';

const exec = promisify(execFile);
const LIMIT_MS = 60_000;

/** Paths of further kubectl programs, parted by colons, beside the one on the PATH. */
export const KUBECTLS = 'BERTH_TEST_KUBECTLS';

/** Programs that answer as kubectl; empty where there is none. */
export async function kubectlsFound(): Promise<readonly { readonly program: string; readonly version: string }[]> {
  const programs = ['kubectl', ...(process.env[KUBECTLS] ?? '').split(':').filter((program) => program !== '')];
  const found = await Promise.all(
    programs.map(async (program) => {
      const said = await tryCommand(program, ['version', '--client', '--output', 'json'], 30_000);
      if (said === undefined) return [];
      const { clientVersion } = JSON.parse(said) as { readonly clientVersion: { readonly gitVersion: string } };
      return [{ program, version: clientVersion.gitVersion }];
    }),
  );
  return found.flat();
}

export interface Kubectl {
  /** Runs kubectl against the stack, whatever comes of it. */
  run(args: readonly string[], input?: string): Promise<CliAnswer>;
  /** The same; throws unless it ends with 0, and answers what it printed. */
  said(args: readonly string[], input?: string): Promise<string>;
  /** The same, with `-o json`, read. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an object, it asserts.
  json(...args: readonly string[]): Promise<any>;
  /** Waits until a field of an object has a value: by `kubectl wait` where it knows of fields (1.23), else by asking again. */
  has(path: string, value: string, object: readonly string[]): Promise<void>;
  /** Lines of a command that goes on, until `enough` says so of what it printed; then it is stopped. */
  until(args: readonly string[], enough: (said: string) => boolean): Promise<string>;
}

export interface KubectlOptions {
  /** The stack's own unless given. */
  readonly kubeconfig?: string;
  /** For the programs that a kubeconfig makes kubectl run. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A kubectl with a home of its own, so that no cache of another stack or version takes part. */
export function kubectl(program: string, stack: RunningStack, options: KubectlOptions = {}): Kubectl {
  const home = mkdtempSync(path.join(stack.dataDir, 'kubectl-'));
  const kubeconfig = options.kubeconfig ?? path.join(stack.dataDir, 'kubeconfig');
  const env = { PATH: process.env.PATH, HOME: home, ...options.env, KUBECONFIG: kubeconfig };
  const run: Kubectl['run'] = (args, input) => {
    const running = exec(program, [...args], { cwd: home, env, timeout: LIMIT_MS });
    running.child.stdin?.end(input ?? '');
    return running.then(
      (said) => ({ code: 0, ...said }),
      (error: CliAnswer) => error,
    );
  };
  const said: Kubectl['said'] = async (args, input) => {
    const { code, stdout, stderr } = await run(args, input);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  return {
    run,
    said,
    json: async (...args) => JSON.parse(await said([...args, '--output', 'json'])),
    has: async (path, value, object) => {
      const waited = await run(['wait', `--for=jsonpath=${path}=${value}`, '--timeout=55s', ...object]);
      if (waited.code === 0) return;
      if (!waited.stderr.includes('unrecognized condition')) throw new Error(`${path} of ${object}: ${waited.stderr}`);
      const read = () => said(['get', ...object, '-o', `jsonpath=${path}`]);
      await waitUntil(`${path} is ${value}`, read, (is) => is === value, { withinMs: 55_000, everyMs: 300 });
    },
    until: (args, enough) => readUntil(program, args, env, enough),
  };
}

async function readUntil(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  enough: (said: string) => boolean,
): Promise<string> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const late = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const ended = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (enough(said)) break;
  }
  clearTimeout(late);
  child.kill('SIGKILL');
  await ended;
  return said;
}
