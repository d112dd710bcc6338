import { assertNever } from '#core/assert-never.ts';
import type { SimContext } from '../world/sim-context.ts';
import { type FaultPlan, GO, type PortCall, type Verdict } from './port-call.ts';

/** Spoils calls at random, at the rates that hold when they are made. */
export function randomFaults(world: SimContext): FaultPlan {
  return (call) => {
    switch (call.port) {
      case 'store':
        return storeFault(world, call);
      case 'queue':
      case 'channel':
      case 'capacity':
        return workerFault(world, world.rates.sendFails, world.rates.sendFails);
      case 'disk':
        return agentFault(world, world.rates.diskFails, 0);
      case 'runtime':
        // A watchdog that dies together with its agent guards nothing, and is not promised to.
        if (call.role === 'watchdog') return world.rng.chance(world.rates.runtimeFails) ? { kind: 'fail-before' } : GO;
        return agentFault(world, world.rates.runtimeFails, call.isWrite ? world.rates.runtimeUnknown : 0);
      case 'wire':
        return wireFault(world);
      case 'event':
        return eventFault(world);
      default:
        return assertNever(call.port);
    }
  };
}

function storeFault(world: SimContext, call: PortCall): Verdict {
  const { rng, rates } = world;
  if (call.operation === 'transact' && rng.chance(rates.contention)) return { kind: 'contention' };
  if (call.operation === 'queryIndex' && rng.chance(rates.staleIndex)) return { kind: 'stale', age: 1 + rng.below(3) };
  return workerFault(world, rates.storeUnavailable, call.isWrite ? rates.storeUnknown : 0);
}

function workerFault({ rng, rates }: SimContext, fails: number, unknown: number): Verdict {
  if (rng.chance(rates.workerCrash)) return crash(rng.chance(0.5));
  if (rng.chance(fails)) return { kind: 'fail-before' };
  if (rng.chance(unknown)) return { kind: 'lose-answer' };
  return rng.chance(rates.workerPause) ? { kind: 'pause', ms: rng.between(100, 40_000) } : GO;
}

function agentFault({ rng, rates }: SimContext, fails: number, unknown: number): Verdict {
  if (rng.chance(rates.agentCrash)) return crash(rng.chance(0.5));
  if (rng.chance(fails)) return { kind: 'fail-before' };
  return rng.chance(unknown) ? { kind: 'lose-answer' } : GO;
}

function wireFault({ rng, rates }: SimContext): Verdict {
  if (rng.chance(rates.netLost)) return { kind: 'drop' };
  if (rng.chance(rates.netLost)) return { kind: 'lose-answer' };
  if (rng.chance(rates.netDuplicate)) return { kind: 'duplicate' };
  return rng.chance(rates.netSlow * 2) ? { kind: 'delay', ms: rng.between(50, 16_000) } : GO;
}

function eventFault({ rng, rates }: SimContext): Verdict {
  if (rng.chance(rates.messageDrop)) return { kind: 'drop' };
  if (rng.chance(rates.messageDuplicate)) return { kind: 'duplicate' };
  return rng.chance(rates.messageLate) ? { kind: 'delay', ms: rng.between(0, 20_000) } : GO;
}

const crash = (isBefore: boolean): Verdict => ({ kind: isBefore ? 'crash-before' : 'crash-after' });
