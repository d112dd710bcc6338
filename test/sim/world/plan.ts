/** How hard one seed's nemesis presses; drawn from the seed. Shares are per call or message. */
export interface FaultRates {
  /** Store calls that fail before, or after they were applied. */
  readonly storeUnavailable: number;
  readonly storeUnknown: number;
  readonly contention: number;
  readonly staleIndex: number;
  /** Worker processes that die, or stand still, at a store call. */
  readonly workerCrash: number;
  readonly workerPause: number;
  /** Agent calls lost on the way there, on the way back, or sent twice. */
  readonly netLost: number;
  readonly netDuplicate: number;
  readonly netSlow: number;
  /** Queue messages and stream wakes. */
  readonly messageDrop: number;
  readonly messageDuplicate: number;
  readonly messageLate: number;
  /** Sends and bells that are refused; an agent's disk that is full. */
  readonly sendFails: number;
  readonly diskFails: number;
  /** Calls of the container runtime that fail before, or after they were applied. */
  readonly runtimeFails: number;
  readonly runtimeUnknown: number;
  /** Agent processes that die at a call of disk or runtime. */
  readonly agentCrash: number;
}

export const NO_FAULTS: FaultRates = {
  storeUnavailable: 0,
  storeUnknown: 0,
  contention: 0,
  staleIndex: 0,
  workerCrash: 0,
  workerPause: 0,
  netLost: 0,
  netDuplicate: 0,
  netSlow: 0,
  messageDrop: 0,
  messageDuplicate: 0,
  messageLate: 0,
  sendFails: 0,
  diskFails: 0,
  runtimeFails: 0,
  runtimeUnknown: 0,
  agentCrash: 0,
};

export const someFaults = (force: number): FaultRates => ({
  storeUnavailable: 0.01 * force,
  storeUnknown: 0.02 * force,
  contention: 0.02 * force,
  staleIndex: 0.2 * force,
  workerCrash: 0.01 * force,
  workerPause: 0.004 * force,
  netLost: 0.03 * force,
  netDuplicate: 0.05 * force,
  netSlow: 0.05 * force,
  messageDrop: 0.1 * force,
  messageDuplicate: 0.1 * force,
  messageLate: 0.1 * force,
  sendFails: 0.01 * force,
  diskFails: 0.01 * force,
  runtimeFails: 0.01 * force,
  runtimeUnknown: 0.01 * force,
  agentCrash: 0.002 * force,
});
