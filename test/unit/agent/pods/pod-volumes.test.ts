import { describe, expect, it } from 'vitest';
import { RuntimeFault } from '#agent/runtime/runtime-fault.ts';
import type { PodVolumes, VolumeUser } from '#agent/volumes/pod-volumes.ts';
import type { PodRun, PodVolume } from '#core/model/pod.ts';
import { aMember, aPodSpec, podReport, runningNow, toldOf } from '#test/support/agent-pods.ts';
import { type AgentWorld, agentWorld } from '#test/support/agent-world.ts';

const SECOND = 1_000;
const CONTENT = Buffer.from('port=80').toString('base64');
const CONFIG: PodVolume = {
  name: 'config',
  inMemory: false,
  files: [{ path: 'app.conf', content: CONTENT, mode: 0o644 }],
};
const SMALL: PodVolume = { name: 'small', inMemory: false, sizeLimit: 10, files: [] };

/** Volumes that only remember what was asked of them. */
class Remembered implements PodVolumes {
  readonly made: PodRun[] = [];
  readonly users: VolumeUser[] = [];
  readonly removed: string[] = [];
  kept: readonly string[] = [];
  words: string | undefined;
  full: string | undefined;
  refusal: string | undefined;

  async make(_pod: string, run: PodRun): Promise<void> {
    this.made.push(run);
  }

  async place(_pod: string, _run: PodRun, user: VolumeUser) {
    this.users.push(user);
    if (this.refusal !== undefined) throw new RuntimeFault('ContainerConfigurationError', this.refusal);
    return { mounts: [] };
  }

  async lastWords(_pod: string, _user: unknown, maxBytes: number): Promise<string | undefined> {
    return this.words?.slice(0, maxBytes);
  }

  async overfull(): Promise<string | undefined> {
    return this.full;
  }

  async remove(pod: string): Promise<void> {
    this.removed.push(pod);
  }

  async keepOnly(pods: ReadonlySet<string>): Promise<void> {
    this.kept = [...pods];
  }
}

async function given(
  volumes: readonly PodVolume[],
): Promise<{ world: AgentWorld; asked: Remembered; restart(): Promise<void> }> {
  const world = agentWorld();
  const asked = new Remembered();
  world.volumes = asked;
  const mounts = volumes.map(({ name }) => ({ volume: name, path: `/${name}`, readOnly: false }));
  world.server.hold(aPodSpec([aMember('app', { mounts })], { volumes }));
  const agent = await world.start();
  await world.advance(SECOND);
  return {
    world,
    asked,
    restart: async () => {
      await agent.stop();
      await world.start();
      await world.advance(SECOND);
    },
  };
}

describe('agent, volumes of pods', () => {
  it('volumes, are made once with what they hold, which is read-only and forgotten from then on', async () => {
    const { world, asked } = await given([CONFIG]);
    expect(asked.made).toMatchObject([{ volumes: [CONFIG] }]);
    expect(asked.users[0]?.mounts).toEqual([{ volume: 'config', path: '/config', readOnly: true }]);
    world.machine.exit('p1.1.app', 1);
    await world.advance(SECOND);
    expect(asked.made).toHaveLength(1);
    expect(asked.users).toMatchObject([{ run: 0 }, { run: 1 }]);
    expect(JSON.stringify(await world.disk.loadBook())).not.toContain(CONTENT);
  });

  it('a restarted agent, keeps those of its pods alone and makes nothing again', async () => {
    const { asked, restart } = await given([CONFIG]);
    await restart();
    expect(asked.kept).toEqual(['p1.1']);
    expect(asked.made).toHaveLength(1);
    expect(asked.removed).toEqual([]);
  });

  it('a pod that ends, leaves no volumes, even while its containers stay for their logs', async () => {
    const { world, asked } = await given([CONFIG]);
    world.server.askToStop('p1');
    await world.advance(10 * SECOND);
    expect(asked.removed).toContain('p1.1');
  });

  it('a container that can not have its mounts, waits with the reason and tries again', async () => {
    const { world, asked } = await given([CONFIG]);
    asked.refusal = "volume 'config' is gone";
    world.machine.exit('p1.1.app', 1);
    await world.advance(2 * SECOND);
    expect(toldOf(world, 'app')?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: "volume 'config' is gone",
    });
    asked.refusal = undefined;
    await world.advance(10 * SECOND);
    expect(runningNow(world)).toEqual(['p1.1.app.1']);
  });

  it('last words, are told with the end of the run, and no more of them than a report carries', async () => {
    const { world, asked } = await given([]);
    asked.words = 'x'.repeat(10_000);
    world.machine.exit('p1.1.app', 1);
    await world.advance(2 * SECOND);
    expect(toldOf(world, 'app')?.last?.message).toHaveLength(4_096);
  });

  it('a volume beyond its limit, ends the pod', async () => {
    const { world, asked } = await given([SMALL]);
    await world.advance(60 * SECOND);
    expect(podReport(world)?.status).toBe('RUNNING');
    asked.full = 'small';
    await world.advance(40 * SECOND);
    expect(podReport(world)).toMatchObject({
      status: 'STOPPED',
      stop: { reason: "Volume 'small' of the pod holds more than its sizeLimit" },
    });
  });
});
