export interface BenchOptions {
  /** Fewer repeats and no 10,000-task fleet. */
  readonly quick: boolean;
  /** Tells a person what is going on; never part of the result. */
  readonly progress: (text: string) => void;
}

/** One figure, beside what it is compared with: a peer measured in the same run, or the project's own goal. */
export interface Measurement {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly peer?: { readonly name: string; readonly value: number };
  /** Bounds either the value or, when there is a peer, the ratio. */
  readonly goal?: { readonly kind: 'at-most' | 'at-least'; readonly bound: number };
}

export type BenchResult =
  | { readonly kind: 'measured'; readonly measurements: readonly Measurement[]; readonly notes: readonly string[] }
  | { readonly kind: 'skipped' | 'failed'; readonly reason: string };

export interface Benchmark {
  readonly name: string;
  readonly run: (options: BenchOptions) => Promise<BenchResult>;
}

/** What a goal bounds: the ratio to the peer when there is one, else the value itself. */
export const compared = ({ value, peer }: Measurement): number => (peer ? value / peer.value : value);

/** Undefined when there is no goal. */
export function isMet(measurement: Measurement): boolean | undefined {
  const { goal } = measurement;
  if (!goal) return undefined;
  return goal.kind === 'at-most' ? compared(measurement) <= goal.bound : compared(measurement) >= goal.bound;
}
