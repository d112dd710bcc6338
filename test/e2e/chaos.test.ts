import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { tryCommand } from '#cli/demo/run-command.ts';
import type { ChaosSummary } from '#test/chaos/summary.ts';
import { namespacesMissing } from '#test/chaos/world/network.ts';
import { processesUnder } from '#test/support/chaos-processes.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const MAIN = path.join(import.meta.dirname, '..', 'chaos', 'main.ts');
/** Its first three rounds have fifteen faults of twelve kinds. */
const SEED = 110;
const MINUTES = 0.45;

const hasEngine = runnable('chaos with containers', await dockerMissing());
const hasNamespaces = runnable('chaos in network namespaces', await namespacesMissing());

/** Everything that runs leave behind is below it. */
const home = mkdtempSync(path.join(tmpdir(), 'berth-e2e-'));
const WITHIN_MS = 300_000;

const started = new Set<ChildProcess>();
afterAll(() => {
  // Its janitor cleans up behind it.
  for (const child of started) child.kill('SIGKILL');
  // Evidence of a broken promise stays.
  if (directories().length === 0) rmSync(home, { recursive: true });
});

const chaos = (...args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [MAIN, '--minutes', String(MINUTES), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: home },
  });
  started.add(child);
  return child;
};

/** Directories of runs that are going on or left evidence. */
const directories = (): readonly string[] => readdirSync(home);
/** Names of the network namespaces of one run; its directory is named after it, too. */
async function namespacesOf(directory: string): Promise<readonly string[]> {
  const [, , id = ''] = directory.split('-');
  const listed = (await tryCommand('ip', ['netns', 'list'], 5_000)) ?? '';
  return listed.split('\n').filter((name) => name.startsWith(`berth-${id}-`));
}

async function finished(
  child: ChildProcess,
): Promise<{ readonly code: unknown; readonly out: string; readonly told: string }> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the output is not piped');
  const [[code], out, told] = await Promise.all([once(child, 'exit'), text(stdout), text(stderr)]);
  started.delete(child);
  return { code, out, told };
}

const NETWORK = hasNamespaces ? 'namespaces' : 'proxies';

async function keepsItsPromises(runtime: 'process' | 'docker'): Promise<void> {
  const { code, out, told } = await finished(
    chaos('--runtime', runtime, '--network', NETWORK, '--seed', String(SEED), '--json'),
  );
  if (code !== 0) process.stdout.write(told);
  const summary = JSON.parse(out) as ChaosSummary;
  const faults = Object.values(summary.faults).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `chaos, ${runtime}, network by ${NETWORK}: ${faults} faults, ${summary.samples} looks, ` +
      `recovery at most ${summary.recoveryMs.max} ms\n`,
  );
  expect(summary.violations).toEqual([]);
  expect(code).toBe(0);
  expect(Object.keys(summary.faults).length).toBeGreaterThan(2);
  expect(summary.samples).toBeGreaterThan(50);
  expect(summary.tasksStarted).toBeGreaterThan(0);
}

describe('chaos on real processes', () => {
  it('half a minute of faults, tasks as processes, keeps every promise', { timeout: WITHIN_MS }, () =>
    keepsItsPromises('process'),
  );

  it.skipIf(!hasEngine)(
    'half a minute of faults, tasks as containers, keeps every promise',
    { timeout: WITHIN_MS },
    () => keepsItsPromises('docker'),
  );

  it('killed in the middle of it all, leaves no process and no namespace behind', async () => {
    const before = directories();
    const child = chaos('--runtime', 'process', '--seed', '1');
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await waitUntil(
      'machines are there and a fault is injected',
      () => said,
      (lines) => lines.includes('fault: '),
      { withinMs: 60_000 },
    );
    const run = directories().find((name) => !before.includes(name)) ?? 'none';
    const root = path.join(home, run);
    expect(processesUnder(root).length).toBeGreaterThan(4);
    if (hasNamespaces) expect((await namespacesOf(run)).length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    started.delete(child);
    await waitUntil(
      'its processes are gone',
      () => processesUnder(root),
      ({ length }) => length === 0,
      { withinMs: 20_000 },
    );
    await waitUntil(
      'its namespaces are gone',
      () => namespacesOf(run),
      ({ length }) => length === 0,
      { withinMs: 10_000 },
    );
    rmSync(root, { recursive: true, force: true });
  });

  it('asked to end, cleans up and says so with its exit code', async () => {
    const before = directories();
    const child = chaos('--runtime', 'process', '--network', 'proxies', '--seed', '1');
    const end = finished(child);
    await waitUntil('it has begun', directories, (now) => now.length > before.length, { withinMs: 30_000 });
    child.kill('SIGINT');
    const { code, told } = await end;
    expect(told).toContain('ending and cleaning up');
    expect(code).toBe(130);
    expect(directories()).toEqual(before);
  });

  it.each([
    [['--minutes', 'soon'], '--minutes must be a number'],
    [['--runtime', 'rkt'], '--runtime must be docker or process'],
    [['--agents', '1'], '--agents must be a number from 2 to 8'],
    [['--frobnicate'], '--frobnicate'],
  ])('%j, is bad usage', async (args, problem) => {
    const { code, told } = await finished(chaos(...args));
    expect(code).toBe(2);
    expect(told).toContain(problem);
  });
});
