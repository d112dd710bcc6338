import type { Wiring } from '../ports/wiring.ts';
import type { SimContext } from '../world/sim-context.ts';
import {
  answersUnordered,
  clonesWelcome,
  leaseFromArrival,
  namesAtRandom,
  nothingBuried,
  stoppedTooEarly,
  unknownsUnconfirmed,
  unwatched,
} from './agent-mutants.ts';
import { backOffByMessage, impatient, tokensNotedLater } from './function-mutants.ts';
import {
  bookedLater,
  healthUnchecked,
  leaseUnchecked,
  lossesHidden,
  schedulableAtOnce,
  slotsApart,
  unconditional,
} from './store-mutants.ts';

export type Rule =
  | 'R1'
  | 'R2'
  | 'R3'
  | 'R4'
  | 'R5'
  | 'R6'
  | 'R7'
  | 'R8'
  | 'R9'
  | 'R10'
  | 'R11'
  | 'R12'
  | 'R13'
  | 'R14'
  | 'R15'
  | 'R16'
  | 'R17'
  | 'R18';

/** How the simulator catches a mutant: some random schedule up to this seed, or a directed schedule of this name. */
export type Catch =
  | { readonly kind: 'random'; readonly within: number }
  | { readonly kind: 'directed'; readonly schedule: string };

export interface Mutant {
  /** What it is like without the rule. */
  readonly off: string;
  readonly wiring: (world: SimContext) => Wiring;
  readonly caught: Catch;
}

const random = (within: number): Catch => ({ kind: 'random', within });
const directed = (schedule: string): Catch => ({ kind: 'directed', schedule });

/** Every protocol rule with the switch that turns it off. The switches wrap ports here; the code knows nothing of them. */
export const MUTANTS: Readonly<Record<Rule, Mutant>> = {
  R1: { off: 'tasks are made before their slots move, in writes of their own', wiring: slotsApart, caught: random(30) },
  R2: { off: 'writes overwrite whatever version stands there', wiring: unconditional, caught: random(30) },
  R3: {
    off: 'a loss commits without another look at the lease',
    wiring: leaseUnchecked,
    caught: directed('lost while renewing'),
  },
  R4: {
    off: 'an agent counts its lease from when the answer arrived',
    wiring: leaseFromArrival,
    caught: directed('lease answer late'),
  },
  R5: { off: 'the server declares lost 12 s before a lease is over', wiring: impatient, caught: random(30) },
  R6: {
    off: 'no watchdog runs beside the agent',
    wiring: unwatched,
    caught: directed('agent of a fenced task stopped'),
  },
  R7: {
    off: 'an agent takes every answer for the newest',
    wiring: answersUnordered,
    caught: directed('old answer after a restart'),
  },
  R8: { off: 'the task book is never durable', wiring: nothingBuried, caught: directed('containers swept away') },
  R9: {
    off: 'STOPPED is reported while a start may be in flight',
    wiring: stoppedTooEarly,
    caught: directed('stop during start'),
  },
  R10: {
    off: 'each create takes a random container name',
    wiring: namesAtRandom,
    caught: directed('create in flight at a crash'),
  },
  R11: { off: 'an agent stops what an answer does not name', wiring: unknownsUnconfirmed, caught: random(30) },
  R12: {
    off: 'a registration need not name the newest epoch',
    wiring: clonesWelcome,
    caught: directed('cloned identity'),
  },
  R13: { off: 'the brake sees no mass expiry', wiring: lossesHidden, caught: directed('control plane away') },
  R14: { off: 'room is booked after a task was given to a machine', wiring: bookedLater, caught: random(30) },
  R15: {
    off: 'what a client token made is noted after the commit',
    wiring: tokensNotedLater,
    caught: directed('asked again'),
  },
  R16: {
    off: 'back-off is a chain of messages to oneself',
    wiring: backOffByMessage,
    caught: directed('long back-off'),
  },
  R17: {
    off: 'a machine takes tasks as soon as it registers',
    wiring: schedulableAtOnce,
    caught: directed('listing fails'),
  },
  R18: {
    off: 'a healthy stop commits without a look at who is healthy',
    wiring: healthUnchecked,
    caught: directed('crash during a healthy stop'),
  },
};
