import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentIdentity } from '#agent/state/agent-disk.ts';
import { readCheckedFile } from '#agent/state/checked-file.ts';
import { timingsAt } from '#core/timings.ts';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import type { JoinedAgent } from '#test/support/chaos-agent.ts';
import { removeContainer, runningContainers, serviceContainers } from '#test/support/chaos-containers.ts';
import { watchdogPids } from '#test/support/chaos-processes.ts';
import { createService, type FencedStack, twoMachines } from '#test/support/fenced-service.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const withDocker = runnable('the fence on Docker', await dockerMissing());
const TIME_SCALE = 0.25;
const { lease, serverMargin } = timingsAt(TIME_SCALE);
const SAMPLE_MS = 50;
const docker = new Docker();

describe.runIf(withDocker)('a fenced service on Docker', () => {
  // Unique, because the engine is shared with whatever else runs on this machine.
  const fenced = `fenced-${randomBytes(6).toString('hex')}`;
  const free = `free-${randomBytes(6).toString('hex')}`;
  let world: FencedStack;
  let isSampling = true;
  let samples = 0;
  let most = 0;
  let sampling: Promise<void>;

  const command = ['/bin/sh', '-c', 'while :; do sleep 1; done'];
  const running = async () => runningContainers(fenced);
  const ownerOf = async (id: string): Promise<string> =>
    (await docker.getContainer(id).inspect()).Config.Labels['berth.agent'] ?? '';
  const idOf = async ({ stateDir }: JoinedAgent): Promise<string> =>
    ((await readCheckedFile(path.join(stateDir, 'identity.json'))) as AgentIdentity).instanceId ?? '';

  /** The one container that runs, and the agents sorted into the one that has it and the other. */
  const holder = async () => {
    const { value } = await waitUntil('one container', running, ({ length }) => length === 1, { withinMs: 20_000 });
    const container = value[0]?.id ?? '';
    const owner = await ownerOf(container);
    for (const agent of world.agents) if ((await idOf(agent)) === owner) return { container, agent };
    throw new Error(`no agent is ${owner}`);
  };
  const replaced = async (container: string): Promise<string> => {
    const { value, elapsedMs } = await waitUntil(
      'the replacement',
      running,
      ([only, ...others]) => only !== undefined && only.id !== container && others.length === 0,
      { withinMs: lease + serverMargin + 20_000, everyMs: SAMPLE_MS },
    );
    process.stdout.write(`replaced after ${Math.round(elapsedMs)} ms (lease ${lease} ms)\n`);
    return value[0]?.id ?? '';
  };
  /** When the engine saw the one end and the other start, epoch ms. */
  const gap = async (before: string, after: string): Promise<number> => {
    const [old, next] = await Promise.all([before, after].map((id) => docker.getContainer(id).inspect()));
    return Date.parse(next?.State.StartedAt ?? '') - Date.parse(old?.State.FinishedAt ?? '');
  };

  beforeAll(async () => {
    const missing = await busyboxImage(docker);
    if (missing !== undefined) throw new Error(missing);
    world = await twoMachines('docker', TIME_SCALE);
    await createService(world.stack, free, { image: BUSYBOX_IMAGE, command }, { count: 2, mode: 'available' });
    await waitUntil(
      'one free container on each',
      () => runningContainers(free),
      (found) => found.length === 2,
      { withinMs: 20_000 },
    );
    await createService(world.stack, fenced, { image: BUSYBOX_IMAGE, command }, { count: 1, mode: 'fenced' });
    sampling = (async () => {
      for (; isSampling; samples += 1) {
        most = Math.max(most, (await running()).length);
        await pause(SAMPLE_MS);
      }
    })();
  });

  afterAll(async () => {
    isSampling = false;
    await sampling;
    for (const { kill } of world.agents) await kill();
    for (const { id } of [...(await serviceContainers(fenced)), ...(await serviceContainers(free))]) {
      await removeContainer(id);
    }
  });

  it('its agent is stopped by SIGSTOP, the container is gone before the replacement starts', async () => {
    const { container, agent } = await holder();
    const unfenced = (await runningContainers(free)).map(({ id }) => id);
    agent.freeze();
    const next = await replaced(container);
    const apart = await gap(container, next);
    process.stdout.write(`agent stopped: old container ended ${apart} ms before the new one started\n`);
    expect(apart).toBeGreaterThan(0);
    expect((await docker.getContainer(container).inspect()).State.ExitCode).toBe(137);
    // The other mode keeps running, also on the machine whose agent stands still, and beside its replacement.
    expect((await runningContainers(free)).map(({ id }) => id)).toEqual(expect.arrayContaining(unfenced));
    agent.thaw();
    await waitUntil(
      'the agent that is back cleans up',
      () => serviceContainers(fenced),
      (found) => found.length === 1 && found[0]?.id === next,
      { withinMs: 20_000 },
    );
  });

  it('its agent is killed for good, the container is gone before the replacement starts, and the watchdog ends', async () => {
    const { container, agent } = await holder();
    expect(watchdogPids(agent.stateDir)).toHaveLength(1);
    await agent.kill();
    const next = await replaced(container);
    const apart = await gap(container, next);
    process.stdout.write(`agent killed: old container ended ${apart} ms before the new one started\n`);
    expect(apart).toBeGreaterThan(0);
    await waitUntil(
      'the watchdog has nothing left to guard and ends',
      () => watchdogPids(agent.stateDir),
      (pids) => pids.length === 0,
      { withinMs: 10_000 },
    );
  });

  it('all the while, no sample of the engine shows two', () => {
    process.stdout.write(`${samples} samples, at most ${most} fenced containers at once\n`);
    expect(samples).toBeGreaterThan(50);
    expect(most).toBe(1);
  });
});
