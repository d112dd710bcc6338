import { afterEach, describe, expect, it } from 'vitest';
import { newAgentKey } from '#agent/client/agent-key.ts';
import { httpControlPlane } from '#agent/client/http-control-plane.ts';
import type { HttpExchange } from '#agent/client/http-exchange.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import { createAgentAuthenticator } from '#api/agent/authenticate.ts';
import { serveAgent } from '#api/agent/serve-agent.ts';
import { createService } from '#control/services/create-service.ts';
import { describeServices } from '#control/services/read-services.ts';
import { updateService } from '#control/services/update-service.ts';
import { timingsAt } from '#core/timings.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';
import { steppedTime } from '#test/support/agent-stepped-time.ts';
import { JOIN_TOKEN } from '#test/support/flow-agent.ts';
import { type FlowWorld, flowWorld } from '#test/support/flow-world.ts';

/** The wire of the real server without a socket; bells never ring, so heartbeats carry everything. */
function inProcess(world: FlowWorld): HttpExchange {
  const { deps } = world;
  const server = { deps, agents: createAgentAuthenticator(deps), operators: async () => undefined };
  return async ({ method, url, headers, body = '', signal }) => {
    if (url.pathname.endsWith('/channel')) {
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      return { status: 200, body: '{}' };
    }
    return serveAgent(server, { method, path: url.pathname, query: url.search, headers, body });
  };
}

describe('agent against the real server', () => {
  let agent: RunningAgent | undefined;

  afterEach(async () => {
    await agent?.stop();
  });

  it('a service, scales up and down on a real agent and converges', async () => {
    const world = await flowWorld();
    const time = steppedTime();
    const machine = new SimulatedMachine(time.timers);
    const clock = { now: () => world.clock.now(), monotonic: time.clock.monotonic };
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 1_000) {
        world.clock.advance(1_000);
        await time.advance(1_000);
        // Signatures are made on other threads, which stepped time does not wait for.
        await new Promise((resolve) => setTimeout(resolve, 5));
        await world.settle();
      }
    };
    const running = async () => (await describeServices(world.deps, 'default', ['web']))[0]?.counts[0]?.running;
    agent = await runAgent(
      {
        endpoint: 'http://in-process',
        cluster: 'default',
        joinToken: JOIN_TOKEN,
        dataDir: '',
        runtime: 'simulated',
        attributes: {},
        timeScale: 1,
      },
      {
        clock,
        timers: time.timers,
        log: silentLog,
        random: () => 0.5,
        timings: timingsAt(),
        controlPlane: httpControlPlane('http://in-process', inProcess(world), clock),
        disk: memoryDisk(),
        runtime: simulatedRuntime(machine, time.timers),
        newKey: newAgentKey,
        newAttempt: () => 'attempt',
        facts: { hostname: 'machine', cpu: 4_096, memory: 4_096, attributes: { 'ecs.availability-zone': 'local' } },
      },
    );
    await pass(12_000);
    expect(agent.instanceId()).toMatch(/^[0-9a-f]{32}$/);
    await createService(world.deps, {
      cluster: 'default',
      name: 'web',
      taskDefinition: 'web:1',
      desiredCount: 3,
      tags: [],
      createdBy: 'test',
    });
    await pass(30_000);
    expect(machine.list().filter(({ state }) => state === 'running')).toHaveLength(3);
    expect(await running()).toBe(3);
    await updateService(world.deps, { cluster: 'default', name: 'web', desiredCount: 1, forceNewDeployment: false });
    await pass(40_000);
    expect(machine.list().map(({ state }) => state)).toEqual(['running']);
    expect(await running()).toBe(1);
    expect(machine.counts).toMatchObject({ create: 3, start: 3 });
  });
});
