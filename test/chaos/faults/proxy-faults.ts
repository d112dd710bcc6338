import type { Rng } from '#test/sim/world/scheduler.ts';
import { type FaultProxy, type FaultRates, PROXY_FAULTS } from '../world/fault-proxy.ts';
import type { Machine } from '../world/machine.ts';
import { type FaultKind, type Heal, type PlannedFault, seconds } from './fault.ts';

const HOLD_MS = { least: 2_000, most: 8_000 };

/** A few kinds of trouble at once, or one kind often: up to half of all requests. */
function someRates(rng: Rng): FaultRates {
  const share = rng.between(0.05, 0.5);
  const only = rng.chance(0.4) ? rng.pick(PROXY_FAULTS) : undefined;
  if (only) return { [only]: share };
  return Object.fromEntries(PROXY_FAULTS.map((fault) => [fault, share / PROXY_FAULTS.length]));
}

const shown = (rates: FaultRates): string =>
  Object.keys(rates).length === 1 ? Object.keys(rates).join() : 'faults of all kinds';

const shareOf = (rates: FaultRates): string =>
  `${Math.round(100 * Object.values(rates).reduce((sum, rate) => sum + rate, 0))} %`;

async function trouble(proxy: FaultProxy, rates: FaultRates): Promise<Heal> {
  proxy.rates = rates;
  return () => {
    proxy.rates = {};
  };
}

/** F12, F13, F45, F46: between an agent and the control plane. */
export const wireFaults: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const rates = someRates(rng);
  const holdMs = rng.between(HOLD_MS.least, HOLD_MS.most);
  return (
    machine && {
      kind: 'agent proxy faults',
      story: `${shown(rates)} for ${shareOf(rates)} of ${machine.name}'s requests, ${seconds(holdMs)}`,
      locks: [`wire ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = machine.trouble.begin();
        const heal = await trouble(machine.wire, rates);
        return async () => {
          await heal();
          over();
        };
      },
    }
  );
};

/** F13, F19: between the operator and the control plane. */
export const clientFaults: FaultKind = (world, rng): PlannedFault => {
  const rates = someRates(rng);
  const holdMs = rng.between(HOLD_MS.least, HOLD_MS.most);
  return {
    kind: 'client proxy faults',
    story: `${shown(rates)} for ${shareOf(rates)} of the operator's requests, ${seconds(holdMs)}`,
    locks: ['client'],
    holdMs,
    inject: () => trouble(world.clientProxy, rates),
  };
};

function engineTrouble({ trouble: agent, engineTrouble: engine }: Machine): () => void {
  const ends = [agent.begin(), engine.begin()];
  return () => {
    for (const end of ends) end();
  };
}

/** F29, F37, F47: between an agent and its container engine. */
export const engineFaults: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const rates = someRates(rng);
  const holdMs = rng.between(HOLD_MS.least, HOLD_MS.most);
  const proxy = machine?.engine;
  return (
    machine &&
    proxy && {
      kind: 'engine proxy faults',
      story: `${shown(rates)} for ${shareOf(rates)} of ${machine.name}'s calls to its engine, ${seconds(holdMs)}`,
      locks: [`engine ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = engineTrouble(machine);
        const heal = await trouble(proxy, rates);
        return async () => {
          await heal();
          over();
        };
      },
    }
  );
};

/** F35: the engine's socket answers nobody for a while. */
export const engineGone: FaultKind = (world, rng) => {
  const machine = rng.pick(world.machines);
  const holdMs = rng.between(HOLD_MS.least, HOLD_MS.most);
  const proxy = machine?.engine;
  return (
    machine &&
    proxy && {
      kind: 'engine gone',
      story: `${machine.name}'s engine answers nobody for ${seconds(holdMs)}`,
      locks: [`engine ${machine.name}`],
      holdMs,
      inject: async () => {
        const over = engineTrouble(machine);
        proxy.takeDown();
        return () => {
          proxy.isDown = false;
          over();
        };
      },
    }
  );
};
