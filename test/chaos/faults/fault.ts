import type { Timings } from '#core/timings.ts';
import type { Rng } from '#test/sim/world/scheduler.ts';
import type { RealContainer, Reality } from '../reality.ts';
import type { ControlPlane } from '../world/control-plane.ts';
import type { FaultProxy } from '../world/fault-proxy.ts';
import type { Machine } from '../world/machine.ts';

/** What a fault may touch. */
export interface ChaosWorld {
  readonly machines: readonly Machine[];
  readonly controlPlane: ControlPlane;
  /** Between the operator and the control plane. */
  readonly clientProxy: FaultProxy;
  readonly reality: Reality;
  readonly timings: Timings;
  readonly timeScale: number;
  /** As last seen. */
  running(): readonly RealContainer[];
  /** Kills it and remembers that nobody else did. */
  killContainer(container: RealContainer, remove: boolean): Promise<void>;
}

export type Heal = () => Promise<void> | void;

/** One fault, drawn and not yet injected. */
export interface PlannedFault {
  readonly kind: string;
  readonly story: string;
  /** Parts that no other fault may touch meanwhile. */
  readonly locks: readonly string[];
  readonly holdMs: number;
  inject(): Promise<Heal>;
}

/** Draws one fault of a kind; undefined when there is nothing it could be done to. Draws only from `rng`. */
export type FaultKind = (world: ChaosWorld, rng: Rng) => PlannedFault | undefined;

export const nothingToHeal: Heal = () => undefined;
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
