import type { TrafficRouter } from '#control/ports.ts';
import type { TrafficSplit } from '#core/model/rollout.ts';

/** A router of one service that remembers what it was asked for. */
export interface RecordingRouter extends TrafficRouter {
  /** Every split that was to hold, in order; repeats included. */
  readonly asked: TrafficSplit[];
  /** What holds: late splits from workers that fell behind change nothing. */
  readonly held: () => TrafficSplit | undefined;
  /** Production share of a deployment, in percent. */
  readonly production: (deployment: string) => number;
}

export function recordingRouter(): RecordingRouter {
  const asked: TrafficSplit[] = [];
  let held: TrafficSplit | undefined;
  return {
    asked,
    held: () => held,
    production: (deployment) => held?.shares.find((share) => share.deployment === deployment)?.production ?? 0,
    route: async (_service, split) => {
      asked.push(split);
      if (!held || split.sequence >= held.sequence) held = split;
    },
  };
}
