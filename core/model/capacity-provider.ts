/** One entry of a capacity provider strategy, defaults filled. */
export interface StrategyItem {
  readonly capacityProvider: string;
  /** How many tasks it takes before weights count; at most one item has some. */
  readonly base: number;
  /** Its share of all further tasks. */
  readonly weight: number;
}

export type CapacityProviderStrategy = readonly StrategyItem[];
