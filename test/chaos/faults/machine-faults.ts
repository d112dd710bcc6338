import { rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { type FaultKind, nothingToHeal, type PlannedFault, seconds } from './fault.ts';

/** F36: containers end, or vanish, behind their agents' backs. */
export const containersKilled: FaultKind = (world, rng): PlannedFault => {
  const count = 1 + rng.below(3);
  const remove = rng.chance(0.5);
  const dice = Array.from({ length: count }, () => rng.next());
  return {
    kind: remove ? 'container removed' : 'container killed',
    story: `${count} containers ${remove ? 'removed' : 'killed'} behind their agents' backs`,
    locks: ['containers'],
    holdMs: 0,
    inject: async () => {
      const running = world.running();
      const chosen = new Set(dice.map((die) => running[Math.floor(die * running.length)]));
      for (const container of chosen) if (container) await world.killContainer(container, remove);
      return nothingToHeal;
    },
  };
};

/** F28: the agent dies and finds its book of tasks cut short or gone. */
export const bookDamaged: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const keep = rng.chance(0.3) ? undefined : rng.next();
  const holdMs = rng.between(20, world.timings.lease / 2);
  return (
    machine && {
      kind: keep === undefined ? 'book lost' : 'book truncated',
      story: `kill -9 of ${machine.name}'s agent, its book ${keep === undefined ? 'lost' : `cut to ${Math.round(100 * keep)} %`}`,
      locks: [`agent ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = machine.trouble.begin();
        await machine.agent.kill();
        const book = path.join(machine.stateDir, 'tasks.json');
        const size = statSync(book, { throwIfNoEntry: false })?.size ?? 0;
        if (keep === undefined) rmSync(book, { force: true });
        else if (size > 0) truncateSync(book, Math.floor(size * keep));
        return () => {
          machine.agent.start();
          over();
        };
      },
    }
  );
};

/** F42: an agent's wall clock jumps, by seconds or by an hour; its monotonic clock does not. */
export const agentClockJump: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const byMs = (rng.chance(0.5) ? 1 : -1) * (rng.chance(0.5) ? rng.between(1_000, 20_000) : 3_600_000);
  const holdMs = rng.between(2_000, 8_000);
  return (
    machine && {
      kind: 'agent clock jump',
      story: `${machine.name}'s clock jumps by ${seconds(byMs)} for ${seconds(holdMs)}`,
      locks: [`clock ${machine.name}`],
      holdMs,
      inject: async () => {
        // Tokens of a clock that is an hour off are refused, so the agent is as good as cut off.
        const over = machine.trouble.begin();
        machine.agent.setClock(byMs);
        return () => {
          machine.agent.setClock(0);
          over();
        };
      },
    }
  );
};

/** F23: the control plane's clock jumps, as far as past every lease or back before it was granted. */
export const controlPlaneClockJump: FaultKind = (world, rng): PlannedFault => {
  const byMs = rng.between(-1.5, 1.5) * world.timings.lease;
  const holdMs = rng.between(2_000, 8_000);
  return {
    kind: 'control plane clock jump',
    story: `the control plane's clock jumps by ${seconds(byMs)} for ${seconds(holdMs)}`,
    locks: ['control-plane clock'],
    holdMs,
    inject: async () => {
      const { outages, wrongTimes } = world.controlPlane;
      const ends = [outages.begin(), wrongTimes.begin()];
      world.controlPlane.process.setClock(byMs);
      return () => {
        world.controlPlane.process.setClock(0);
        for (const end of ends) end();
      };
    },
  };
};
