import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { newAgentKey } from '#agent/client/agent-key.ts';
import { nodeClock, nodeTimers } from '#agent/node-clock.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import { dockerRuntime, reachableDocker } from '#agent/runtime/docker/docker-runtime.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { timingsAt } from '#core/timings.ts';
import { FakeServer } from '#test/support/agent-fake-server.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { aTaskSpec } from '#test/support/agent-specs.ts';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';

const docker = await reachableDocker();
const missing = docker ? await busyboxImage(docker) : 'no Docker engine answers';

if (docker && missing === undefined) {
  const disk = memoryDisk();
  const server = new FakeServer();
  server.instanceId = `i-${randomBytes(6).toString('hex')}`;
  const factory = dockerRuntime({ docker, timers: nodeTimers, log: silentLog, machineMemory: 512 });
  const taskId = (): string => randomBytes(16).toString('hex');
  const shell = (name: string, script: string): ContainerDefinition => ({
    name,
    image: BUSYBOX_IMAGE,
    command: ['sh', '-c', script],
    memory: 32,
    stopTimeout: 5,
  });
  const forever = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
  let agent: RunningAgent;

  const startAgent = async (): Promise<void> => {
    agent = await runAgent(
      {
        endpoint: '',
        cluster: 'default',
        joinToken: 'join',
        dataDir: '',
        runtime: 'docker',
        attributes: {},
        timeScale: 0.1,
      },
      {
        clock: nodeClock,
        timers: nodeTimers,
        log: silentLog,
        random: Math.random,
        timings: timingsAt(0.1),
        controlPlane: server,
        disk,
        runtime: factory,
        newKey: newAgentKey,
        newAttempt: () => randomBytes(8).toString('hex'),
        facts: { hostname: 'machine', cpu: 1024, memory: 512, attributes: {} },
      },
    );
  };

  describe('agent on a real Docker engine', () => {
    afterAll(async () => {
      await agent.stop();
      const left = factory.open([server.instanceId]);
      for (const { name } of await left.list()) await left.remove(name);
    });

    it('a task of two containers, runs, survives an agent restart and stops when asked', async () => {
      server.heartbeatAnswer = quick;
      await startAgent();
      const id = taskId();
      server.hold(aTaskSpec({ taskId: id, containers: [shell('app', forever), shell('side', forever)] }));
      await reported(id, 'RUNNING');
      const startedAt = await startTimes(id);
      await agent.stop();
      await startAgent();
      await until(() => server.heartbeats.at(-1)?.agentEpoch === server.epoch);
      expect(await startTimes(id)).toEqual(startedAt);
      server.askToStop(id);
      await reported(id, 'STOPPED');
      await until(
        async () => (await docker.listContainers({ all: true, filters: { label: [`berth.task=${id}`] } })).length === 0,
      );
    });

    it('an essential exit, ends the task with the exit code', async () => {
      const id = taskId();
      server.hold(aTaskSpec({ taskId: id, containers: [shell('side', forever), shell('app', 'sleep 0.3; exit 42')] }));
      await reported(id, 'STOPPED');
      expect(server.lastReport(id)).toMatchObject({
        stop: { code: 'EssentialContainerExited' },
        containers: [
          { name: 'side', exitCode: 0 },
          { name: 'app', exitCode: 42 },
        ],
      });
    });

    it('an image nobody has, fails the task with CannotPullContainerError', async () => {
      const id = taskId();
      server.hold(aTaskSpec({ taskId: id, containers: [{ name: 'app', image: 'localhost:1/berth-test/none:1' }] }));
      await reported(id, 'STOPPED');
      expect(server.lastReport(id)?.stop?.reason).toMatch(/^CannotPullContainerError: /);
    });

    const quick: FakeServer['heartbeatAnswer'] = async (request) => ({
      kind: 'answered',
      answer: { ...server.answer(request), heartbeatMs: 100 },
    });

    const reported = (id: string, status: string): Promise<void> =>
      until(() => server.lastReport(id)?.status === status);

    const startTimes = async (id: string): Promise<readonly string[]> =>
      Promise.all(
        ['app', 'side'].map(async (name) => (await docker.getContainer(`${id}.1.${name}`).inspect()).State.StartedAt),
      );
  });
} else {
  it.skip(`SKIPPED, agent on a real Docker engine: ${missing}`, () => undefined);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await delay(25);
  }
  throw new Error('the condition did not come true within 12 s');
}
