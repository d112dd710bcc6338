import type { AgentOptions } from '#agent/agent-options.ts';
import { newAgentKey } from '#agent/client/agent-key.ts';
import type { FencePorts } from '#agent/fence.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import type { RuntimeFactory } from '#agent/runtime/port.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import type { AgentDisk } from '#agent/state/agent-disk.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import type { PodVolumes } from '#agent/volumes/pod-volumes.ts';
import { timingsAt } from '#core/timings.ts';
import { FakeServer } from './agent-fake-server.ts';
import { type GatedRuntime, gatedRuntime } from './agent-gated-runtime.ts';
import { silentLog } from './agent-silent-log.ts';
import { type SteppedTime, steppedTime } from './agent-stepped-time.ts';

/** One machine with one agent and its control plane, all in memory and in stepped time. */
export interface AgentWorld extends SteppedTime {
  readonly server: FakeServer;
  readonly machine: SimulatedMachine;
  readonly runtime: GatedRuntime;
  disk: AgentDisk;
  /** Absent: a machine where a pod's volumes can not be made. */
  volumes: PodVolumes | undefined;
  /** Absent: a machine where nothing can enforce a deadline. */
  fence: FencePorts | undefined;
  options: AgentOptions;
  /** Starts an agent on the machine; a second call after `stop` is a restart. */
  start(runtime?: RuntimeFactory): Promise<RunningAgent>;
}

const OPTIONS: AgentOptions = {
  endpoint: 'http://control-plane.invalid',
  cluster: 'default',
  joinToken: 'join',
  dataDir: '/nowhere',
  runtime: 'simulated',
  attributes: {},
  timeScale: 1,
};

// Made beforehand: making a key takes real time, which stepped time does not wait for.
const KEYS = await Promise.all(Array.from({ length: 4 }, newAgentKey));

export function agentWorld(): AgentWorld {
  const time = steppedTime();
  const server = new FakeServer();
  const machine = new SimulatedMachine(time.timers);
  const runtime = gatedRuntime(simulatedRuntime(machine, time.timers));
  let attempts = 0;
  let keys = 0;
  const nextKey = async () => {
    const key = KEYS[keys++];
    if (!key) throw new Error('the test needs more keys than were made');
    return key;
  };
  const world: AgentWorld = {
    ...time,
    server,
    machine,
    runtime,
    disk: memoryDisk(),
    volumes: undefined,
    fence: undefined,
    options: OPTIONS,
    start: async (factory = runtime.factory) => {
      const agent = await runAgent(world.options, {
        clock: time.clock,
        timers: time.timers,
        log: silentLog,
        random: () => 0.5,
        timings: timingsAt(),
        controlPlane: server,
        disk: world.disk,
        runtime: factory,
        ...(world.volumes ? { volumes: world.volumes } : {}),
        ...(world.fence ? { fence: world.fence } : {}),
        newKey: nextKey,
        newAttempt: () => `attempt-${++attempts}`,
        facts: { hostname: 'machine', cpu: 4096, memory: 8192, attributes: {} },
      });
      await time.advance(20);
      return agent;
    },
  };
  return world;
}
