import type { Process } from '../world/process.ts';

/**
 * Everything a simulated process asks of the world outside it, and every message on its way to one.
 * `event` is a stream record or a queue message about to be delivered.
 */
export type Port = 'store' | 'queue' | 'channel' | 'capacity' | 'wire' | 'disk' | 'runtime' | 'event';

/** One call about to be made, as a fault plan sees it. */
export interface PortCall {
  readonly port: Port;
  readonly operation: string;
  /** Kinds of items or of work it is about. */
  readonly detail: string;
  /** The function, or the agent, that calls. */
  readonly role: string;
  /** The machine, when an agent calls. */
  readonly host?: string;
  /** How many calls of this port, operation, detail and role there were, this one included. */
  readonly number: number;
  /** Changes something, so that "applied, but not answered" is a state of its own. */
  readonly isWrite: boolean;
}

/** What becomes of a call. */
export type Verdict =
  | { readonly kind: 'go' }
  /** The calling process dies, and the call is never made, or its answer never read. */
  | { readonly kind: 'crash-before' }
  | { readonly kind: 'crash-after' }
  /** Refused without effect: throttled, disk full, engine away, request lost. */
  | { readonly kind: 'fail-before' }
  /** Applied, and the caller is told that it failed. */
  | { readonly kind: 'lose-answer' }
  /** The answer, or the event, comes this much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The process stands still with the answer in hand. */
  | { readonly kind: 'pause'; readonly ms: number }
  /** Index reads: what stood there this many versions ago. */
  | { readonly kind: 'stale'; readonly age: number }
  /** Transactions: another one held an item. */
  | { readonly kind: 'contention' }
  /** Wire and events: given up, or made twice. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' };

/** Decides on each call, in the order in which they are made. */
export type FaultPlan = (call: PortCall) => Verdict;

export const GO: Verdict = { kind: 'go' };
export const noFaults: FaultPlan = () => GO;

/** Who calls. */
export interface Actor {
  readonly role: string;
  readonly host?: string;
  readonly process: Process;
  /** Kills the process as a fault does; what supervises it starts another one. */
  crash(): void;
}

export const nameOfCall = ({ role, port, operation, detail }: Omit<PortCall, 'number' | 'isWrite'>): string =>
  `${role} ${port}.${operation}${detail === '' ? '' : ` ${detail}`}`;
