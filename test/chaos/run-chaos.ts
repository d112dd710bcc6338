import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Docker from 'dockerode';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { type BuiltWorld, buildWorld } from './chaos-world.ts';
import { checkPromises, checkQuiet, tearDown } from './final-checks.ts';
import type { ChaosOptions } from './options.ts';
import { converge, type RoundsResult, runRounds } from './run-rounds.ts';
import { type ChaosSummary, share, type Violation } from './summary.ts';
import { Timeline } from './timeline.ts';
import { leftovers, type RunIdentity, removeRun } from './world/clean-up.ts';
import { hireJanitor } from './world/hire-janitor.ts';

/** Runs chaos once and answers what it did and found. `interrupted` ends it early. */
export async function runChaos(
  options: ChaosOptions,
  print: (line: string) => void,
  interrupted: AbortSignal,
): Promise<ChaosSummary> {
  const began = performance.now();
  const { seed, runtime, network, agents, timeScale } = options;
  const { tell, lines } = new Timeline(print);
  const run = identify(options);
  const image = runtime === 'docker' ? await testImage() : 'none';
  const violations: Violation[] = [];
  const onViolation = (invariant: string, story: string): void => {
    violations.push({ invariant, story, at: Math.round((performance.now() - began) / 1_000) });
    tell(`VIOLATION ${invariant}: ${story}`);
  };
  const janitor = hireJanitor(run);
  let world: BuiltWorld | undefined;
  let result: RoundsResult = { rounds: 0, faults: {}, recoveriesMs: [] };
  try {
    world = await buildWorld(options, run, image, { tell, onViolation });
    result = await play(world, options, {
      tell,
      onViolation,
      isOver: () => violations.length > 0 || interrupted.aborted,
    });
    // A watchdog that cannot ask its engine guards on, so the proxies to the engine stay until the watchdogs are gone.
    if (violations.length === 0 && !interrupted.aborted) await leftBehind(run);
  } catch (error) {
    if (!interrupted.aborted)
      onViolation('harness', error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await world?.sampler.stop();
    world?.close();
  }
  if (violations.length === 0 && !interrupted.aborted) {
    const left = await leftBehind(run);
    if (left.length > 0) onViolation('L3', `left behind: ${left.join('; ')}`);
  }
  const keep = violations.length > 0;
  const summary: ChaosSummary = {
    ...{ seed, runtime, network, agents, timeScale, violations },
    seconds: (performance.now() - began) / 1_000,
    rounds: result.rounds,
    faults: result.faults,
    requests: world?.requests ?? {},
    samples: world?.sampler.samples ?? 0,
    blindSamples: world?.sampler.blind ?? 0,
    stalls: world?.sampler.stalls ?? 0,
    tasksStarted: world?.sampler.started.size ?? 0,
    containersKilled: world?.killed.size ?? 0,
    machinesDeclaredLost: world?.losses.losses ?? 0,
    callsAcknowledged: world?.operator.acknowledged ?? 0,
    callsRepeated: world?.operator.retries ?? 0,
    recoveryMs: {
      p50: share(result.recoveriesMs, 0.5),
      p99: share(result.recoveriesMs, 0.99),
      max: share(result.recoveriesMs, 1),
    },
    ...(keep ? { evidence: run.root } : {}),
  };
  if (keep) {
    writeFileSync(path.join(run.root, 'timeline.txt'), lines.join('\n'));
    writeFileSync(path.join(run.root, 'summary.json'), JSON.stringify(summary, undefined, 1));
    writeFileSync(
      path.join(run.root, 'last-look.json'),
      JSON.stringify(world?.sampler.newest?.containers, undefined, 1),
    );
  }
  await janitor.finish(keep);
  const left = await leftovers(run);
  if (left.length > 0) onViolation('clean-up', left.join('; '));
  else if (!keep) await removeRun(run);
  return summary;
}

const LINGER_MS = 10_000;

interface Watch {
  readonly tell: (line: string) => void;
  readonly onViolation: (invariant: string, story: string) => void;
  readonly isOver: () => boolean;
}

async function play(world: BuiltWorld, { seed, minutes }: ChaosOptions, watch: Watch): Promise<RoundsResult> {
  await world.operator.prepare();
  world.sampler.start();
  const started = await converge(world, watch);
  if (started === undefined) return { rounds: 0, faults: {}, recoveriesMs: [] };
  watch.tell(`${world.machines.length} machines are ready`);
  const result = await runRounds(world, { seed, minutes, ...watch });
  if (!watch.isOver()) await checkQuiet(world, watch);
  if (!watch.isOver()) checkPromises(world, watch);
  if (!watch.isOver()) await tearDown(world, watch);
  return result;
}

/** What is left once watchdogs had time to notice that they have nothing to guard; namespaces are the janitor's. */
async function leftBehind(run: RunIdentity): Promise<readonly string[]> {
  for (let waited = 0; ; waited += LINGER_MS / 20) {
    const left = (await leftovers(run)).filter((what) => !what.startsWith('berth-'));
    if (left.length === 0 || waited >= LINGER_MS) return left;
    await pause(LINGER_MS / 20);
  }
}

function identify({ agents, runtime, network }: ChaosOptions): RunIdentity {
  const id = randomBytes(2).toString('hex');
  return {
    id,
    root: mkdtempSync(path.join(tmpdir(), `berth-chaos-${id}-`)),
    container: `chaos-${id}`,
    machines: agents,
    hasNamespaces: network === 'namespaces',
    hasEngine: runtime === 'docker',
  };
}

async function testImage(): Promise<string> {
  const missing = await busyboxImage(new Docker());
  if (missing !== undefined) throw new Error(missing);
  return BUSYBOX_IMAGE;
}
