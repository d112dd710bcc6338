import { setTimeout as pause } from 'node:timers/promises';
import type { Rng } from '#test/sim/world/scheduler.ts';
import type { Direction } from '../world/fault-proxy.ts';
import type { Machine } from '../world/machine.ts';
import { type ChaosWorld, type FaultKind, type Heal, type PlannedFault, seconds } from './fault.ts';

const CUTS: Readonly<Record<string, readonly Direction[]>> = {
  'cut off': ['outbound', 'inbound'],
  'cut off, outbound only': ['outbound'],
  'cut off, inbound only': ['inbound'],
};

const lasts = ({ timings }: ChaosWorld, rng: Rng): number => rng.between(timings.lease * 0.3, timings.lease * 2.5);

async function cut(machine: Machine, directions: readonly Direction[]): Promise<Heal> {
  const over = machine.trouble.begin();
  await machine.network.block(directions);
  return async () => {
    await machine.network.unblock();
    over();
  };
}

/** F32: one machine, both ways or one. */
export const partition: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const [how, directions] = rng.pick(Object.entries(CUTS)) ?? ['', []];
  const holdMs = lasts(world, rng);
  return (
    machine && {
      kind: `machine ${how}`,
      story: `${machine.name} is ${how} for ${seconds(holdMs)}`,
      locks: [`network ${machine.name}`],
      holdMs,
      inject: () => cut(machine, directions),
    }
  );
};

/** F34: more than half of all machines at once. */
export const majorityPartition: FaultKind = (world, rng): PlannedFault => {
  const chosen = [...world.machines]
    .toSorted((left, right) => left.name.localeCompare(right.name))
    .slice(rng.below(2))
    .slice(0, Math.floor(world.machines.length / 2) + 1);
  const holdMs = lasts(world, rng);
  return {
    kind: 'most machines cut off',
    story: `${chosen.map(({ name }) => name).join(', ')} are cut off for ${seconds(holdMs)}`,
    locks: chosen.map(({ name }) => `network ${name}`),
    holdMs,
    inject: async () => {
      const heals = await Promise.all(chosen.map((machine) => cut(machine, ['outbound', 'inbound'])));
      return async () => void (await Promise.all(heals.map((heal) => heal())));
    },
  };
};

/** F32: up and down every few seconds. */
export const flapping: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const periodMs = 3_000 * world.timeScale;
  const holdMs = lasts(world, rng);
  return (
    machine && {
      kind: 'machine flapping',
      story: `${machine.name} is cut off and back every ${seconds(periodMs)} for ${seconds(holdMs)}`,
      locks: [`network ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = machine.trouble.begin();
        let isHealed = false;
        const flap = async (): Promise<void> => {
          while (!isHealed) {
            await machine.network.block(['outbound', 'inbound']);
            await pause(periodMs);
            await machine.network.unblock();
            await pause(periodMs);
          }
        };
        const flaps = flap();
        return async () => {
          isHealed = true;
          await flaps;
          over();
        };
      },
    }
  );
};
