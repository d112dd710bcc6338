import { checkStrategy } from '#core/capacity/check-strategy.ts';
import { checkConfiguration, checkSettings, mergeSettings } from '#core/cluster/check-settings.ts';
import { Fault } from '#core/fault.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { Tag } from '#core/model/tag.ts';
import { clusterProviderWrites } from '../capacity-providers/cluster-providers.ts';
import type { Dependencies } from '../dependencies.ts';
import { clusters, put, read } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

export interface CreateClusterIntent
  extends Partial<Pick<Cluster, 'configuration' | 'capacityProviders' | 'defaultCapacityProviderStrategy'>> {
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly settings: Cluster['settings'];
  /** What a new cluster has where the request says nothing. */
  readonly defaultSettings?: Cluster['settings'];
}

const INSIGHTS_OFF: Cluster['settings'] = [{ name: 'containerInsights', value: 'disabled' }];

/**
 * Makes the cluster, or answers with the active one of that name unchanged, as ECS does.
 * Faults: InvalidParameter, also when the active one has other settings or providers than the request asks for.
 */
export function createCluster(
  deps: Pick<Dependencies, 'store' | 'clock' | 'ids'>,
  intent: CreateClusterIntent,
): Promise<Cluster> {
  checkIntent(intent);
  return untilCommitted(`creation of cluster ${intent.name}`, async () => {
    const existing = await read(deps.store, clusters, intent.name);
    if (existing?.value.status === 'ACTIVE') return requireSame(deps, existing.value, intent);
    const cluster = newCluster(intent, deps.clock.now());
    const outcome = await deps.store.transact([
      put(clusters, intent.name, cluster, existing?.version ?? 'absent'),
      ...(await clusterProviderWrites(deps, intent.name, [], cluster.capacityProviders ?? [])),
    ]);
    return outcome.kind === 'committed' ? cluster : CONFLICT;
  });
}

function checkIntent(intent: CreateClusterIntent): void {
  checkSettings(intent.settings);
  if (intent.configuration) checkConfiguration(intent.configuration);
  checkStrategy(intent.defaultCapacityProviderStrategy ?? [], intent.capacityProviders ?? []);
}

const newCluster = (
  { settings, defaultSettings = INSIGHTS_OFF, ...intent }: CreateClusterIntent,
  now: number,
): Cluster => ({
  ...intent,
  status: 'ACTIVE',
  settings: mergeSettings(defaultSettings, settings),
  createdAt: now,
});

/** A repeat may leave members out, but not ask for others. */
function requireSame({ ids }: Pick<Dependencies, 'ids'>, cluster: Cluster, intent: CreateClusterIntent): Cluster {
  const { name: _name, tags: _tags, defaultSettings: _default, settings, ...asked } = intent;
  const standing = new Map(Object.entries(cluster));
  const isSame = ([member, value]: [string, unknown]): boolean =>
    ids.fingerprint(value) === ids.fingerprint(standing.get(member) ?? []);
  const hasSettings = settings.length === 0 || ids.fingerprint(settings) === ids.fingerprint(cluster.settings);
  if (hasSettings && Object.entries(asked).every(isSame)) return cluster;
  throw new Fault(
    'InvalidParameter',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );
}
