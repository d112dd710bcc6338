import type { FencePorts } from '#agent/fence.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import type { Deadline } from '#agent/watchdog/deadline.ts';
import { runWatchdog } from '#agent/watchdog/run-watchdog.ts';
import { silentLog } from './agent-silent-log.ts';
import type { AgentWorld } from './agent-world.ts';

export const BOOT = 'boot-1';

/** The deadline file and the watchdog of one machine, in memory and in stepped time. */
export interface FakeFence extends FencePorts {
  deadline: Deadline | undefined;
  isAgentAlive: boolean;
  /** When set, no watchdog comes up. */
  refusal: string | undefined;
  /** Whether one runs now, and how many ever did. */
  isRunning: boolean;
  started: number;
  /** The watchdog that runs now dies. */
  kill(): void;
}

/** Makes fenced tasks possible in a world. Its watchdog is the real loop over the world's machine. */
export function fakeFence(world: AgentWorld): FakeFence {
  const dead = new Set<number>();
  const fence: FakeFence = {
    deadline: undefined,
    isAgentAlive: true,
    refusal: undefined,
    isRunning: false,
    started: 0,
    kill: () => {
      dead.add(fence.started);
      fence.isRunning = false;
    },
    deadlines: {
      load: async () => fence.deadline?.at,
      save: async (at, owners) => {
        fence.deadline = { boot: BOOT, at, owners, agent: { pid: 1, startTime: '1' } };
      },
    },
    watchdog: {
      ensure: async () => {
        if (fence.refusal !== undefined) throw new Error(fence.refusal);
        if (!fence.isRunning) void startWatchdog(world, fence, dead);
      },
    },
  };
  return fence;
}

async function startWatchdog(world: AgentWorld, fence: FakeFence, dead: ReadonlySet<number>): Promise<void> {
  fence.started += 1;
  fence.isRunning = true;
  const own = fence.started;
  await runWatchdog({
    clock: world.clock,
    timers: world.timers,
    log: silentLog,
    boot: BOOT,
    runtime: simulatedRuntime(world.machine, world.timers),
    readDeadline: async () => fence.deadline,
    readOwners: async () => [world.server.instanceId],
    isAlive: async () => fence.isAgentAlive,
    claim: {
      hold: async () => {
        if (dead.has(own)) return false;
        fence.isRunning = true;
        return true;
      },
      release: async () => {
        fence.isRunning = false;
      },
    },
    tick: 500,
    linger: 20_000,
  });
}
