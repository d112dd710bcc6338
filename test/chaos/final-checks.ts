import { setTimeout as pause } from 'node:timers/promises';
import type { BuiltWorld } from './chaos-world.ts';
import { differences } from './oracles/differences.ts';
import { SAMPLE_MS } from './sampler.ts';

interface Finding {
  readonly onViolation: (invariant: string, story: string) => void;
  readonly tell: (line: string) => void;
}

const QUIET_SWEEPS = 2;
const SETTLE_MS = 90_000;
const TEARDOWN_MS = 60_000;

/** S12 and L1: a converged world stays so, and nothing but leases is written. */
export async function checkQuiet(world: BuiltWorld, { onViolation, tell }: Finding): Promise<void> {
  const { sampler, timings } = world;
  const needed = QUIET_SWEEPS * timings.sweep;
  const bound = performance.now() + Math.max(SETTLE_MS * world.timeScale, needed) + 2 * needed;
  let writes = -1;
  let since = performance.now();
  while (performance.now() - since < needed) {
    const { newest } = sampler;
    const left = newest ? differences(newest) : [];
    if (left.length > 0) return onViolation('L1', `did not stay as it should be: ${left.join('; ')}`);
    if (newest && newest.committed.writes !== writes) {
      writes = newest.committed.writes;
      since = performance.now();
    }
    if (performance.now() > bound) return onViolation('S12', 'converged, and yet the store is written to');
    await pause(SAMPLE_MS);
  }
  tell(`quiet: nothing but leases was written for ${(needed / 1_000).toFixed(0)} s`);
}

/** S5: every service is what it was last told to be. */
export function checkPromises({ promises, sampler }: BuiltWorld, { onViolation }: Finding): void {
  const { services } = sampler.committed();
  for (const [name, told] of promises.services) {
    const found = services.get(name);
    const { desiredCount, deployment } = found ?? {};
    const now =
      found?.status === 'ACTIVE' ? `${desiredCount} of revision ${deployment?.definition.revision}` : 'deleted';
    if (now !== told) onViolation('S5', `service ${name} was told to be ${told}, it is ${now}`);
  }
}

/** L3: everything is deleted and ends; then agents and control plane end as they are asked to. */
export async function tearDown(world: BuiltWorld, { onViolation, tell }: Finding): Promise<void> {
  const { operator, sampler, machines, controlPlane } = world;
  await operator.deleteEverything();
  const asked = performance.now();
  for (let left: readonly string[] = ['not looked yet']; left.length > 0; await pause(SAMPLE_MS)) {
    const newest = sampler.newest;
    if (newest && newest.at > asked)
      left = [...differences(newest), ...newest.containers.map(({ name }) => `${name} is there`)];
    if (left.length > 0 && performance.now() - asked > TEARDOWN_MS) {
      onViolation('L3', `everything was deleted, and after ${TEARDOWN_MS / 1_000} s: ${left.join('; ')}`);
      break;
    }
  }
  tell('everything is deleted');
  await sampler.stop();
  for (const { name, agent } of machines) {
    const code = await agent.stop();
    if (code !== 0) onViolation('process', `${name}'s agent ended with ${code ?? 'a kill'} when it was asked to end`);
  }
  const code = await controlPlane.process.stop();
  if (code !== 0) onViolation('process', `the control plane ended with ${code ?? 'a kill'} when it was asked to end`);
}
