import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterSetting as WireSetting,
} from '@aws-sdk/client-ecs';
import type { JsonObject } from '#core/json.ts';
import type { CapacityProviderStrategy } from '#core/model/capacity-provider.ts';
import type { ClusterSetting } from '#core/model/cluster.ts';

/** The members the cluster operations share. */

export const settingsOf = (settings: readonly WireSetting[]): readonly ClusterSetting[] =>
  settings.map(({ name = '', value = '' }) => ({ name, value }));

export const strategyOf = (items: readonly CapacityProviderStrategyItem[]): CapacityProviderStrategy =>
  items.map(({ capacityProvider = '', base = 0, weight = 0 }) => ({ capacityProvider, base, weight }));

/** JSON already: a cluster's configuration has neither times nor bytes. */
export const configurationOf = (configuration: ClusterConfiguration): JsonObject =>
  configuration as unknown as JsonObject;
