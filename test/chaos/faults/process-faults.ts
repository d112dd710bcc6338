import type { Rng } from '#test/sim/world/scheduler.ts';
import { type ChaosWorld, type FaultKind, type PlannedFault, seconds } from './fault.ts';

/** From a blink to longer than any lease, the server's margin included. */
const away = ({ timings }: ChaosWorld, rng: Rng): number =>
  rng.chance(0.4) ? rng.between(50, timings.lease / 2) : rng.between(timings.lease, 2.2 * timings.lease);
/** 1 to 60 s at the documented pace. */
const frozen = ({ timeScale }: ChaosWorld, rng: Rng): number => rng.between(1_000, 60_000 * rng.next()) * timeScale;

/** F1, F20: kill -9, and a start after a while. */
export const controlPlaneKill: FaultKind = (world, rng): PlannedFault => {
  const { process, outages } = world.controlPlane;
  const holdMs = away(world, rng);
  return {
    kind: 'control plane killed',
    story: `kill -9 of the control plane, away for ${seconds(holdMs)}`,
    locks: ['control-plane'],
    holdMs,
    inject: async () => {
      const over = outages.begin();
      await process.kill();
      return () => {
        process.start();
        over();
      };
    },
  };
};

/** F2: stands still and goes on with old reads in hand. */
export const controlPlaneFreeze: FaultKind = (world, rng): PlannedFault => {
  const { process, outages } = world.controlPlane;
  const holdMs = frozen(world, rng);
  return {
    kind: 'control plane frozen',
    story: `the control plane stands still for ${seconds(holdMs)}`,
    locks: ['control-plane'],
    holdMs,
    inject: async () => {
      const over = outages.begin();
      process.freeze();
      return () => {
        process.thaw();
        over();
      };
    },
  };
};

/** F27: kill -9 of an agent whose containers live on. */
export const agentKill: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const holdMs = away(world, rng);
  return (
    machine && {
      kind: 'agent killed',
      story: `kill -9 of ${machine.name}'s agent, away for ${seconds(holdMs)}`,
      locks: [`agent ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = machine.trouble.begin();
        await machine.agent.kill();
        return () => {
          machine.agent.start();
          over();
        };
      },
    }
  );
};

/** F30. */
export const agentFreeze: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const holdMs = frozen(world, rng);
  return (
    machine && {
      kind: 'agent frozen',
      story: `${machine.name}'s agent stands still for ${seconds(holdMs)}`,
      locks: [`agent ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = machine.trouble.begin();
        machine.agent.freeze();
        return () => {
          machine.agent.thaw();
          over();
        };
      },
    }
  );
};

/** F33: agent and containers are gone at once; the machine comes back with its disk. */
export const machineReboot: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const holdMs = away(world, rng);
  return (
    machine && {
      kind: 'machine rebooted',
      story: `${machine.name} and all it runs end, back in ${seconds(holdMs)}`,
      locks: [`agent ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = machine.trouble.begin();
        await machine.agent.kill();
        const own = world.running().filter((container) => container.machine === machine.name);
        for (const container of own) await world.killContainer(container, false);
        return () => {
          machine.agent.start();
          over();
        };
      },
    }
  );
};
