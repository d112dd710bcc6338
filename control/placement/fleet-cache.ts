import type { Lease, Reservation } from '#core/model/container-instance.ts';
import { claimsOn, type Daemon } from '#core/placement/daemon.ts';
import type { Claim } from '#core/placement/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { instancePartitions, leasesPrefix, reservationsPrefix } from '../keys.ts';
import { leases, readAll, reservations, type Versioned } from '../records.ts';
import { readDaemons } from '../services/read-daemons.ts';
import type { FleetCache, FleetMember } from './fleet.ts';

/** Clusters remembered at once; the one read longest ago makes room. */
const MAX_CLUSTERS = 64;

type Reader = Pick<Dependencies, 'store' | 'clock'>;

interface ClusterFleet {
  readonly loadedAt: number;
  readonly reservations: Map<string, Versioned<Reservation>>;
  readonly leases: ReadonlyMap<string, Lease>;
  readonly daemons: readonly Daemon[];
  /** Of each reservation as it stands, worked out once. */
  readonly claims: WeakMap<Reservation, readonly Claim[]>;
}

/** Remembers each cluster's instances for `maxAgeMs`. Decisions made from it are checked by the commit (rule R2). */
export function createFleetCache({ maxAgeMs }: { readonly maxAgeMs: number }): FleetCache {
  const known = new Map<string, ClusterFleet>();
  const loading = new Map<string, Promise<ClusterFleet>>();
  const turns = new Map<string, Promise<unknown>>();

  const refresh = async (deps: Reader, cluster: string): Promise<ClusterFleet> => {
    const found = await readFleet(deps, cluster);
    keepNewer(found, known.get(cluster));
    known.delete(cluster);
    known.set(cluster, found);
    if (known.size > MAX_CLUSTERS) known.delete([...known.keys()][0] ?? '');
    return found;
  };

  const share = (deps: Reader, cluster: string): Promise<ClusterFleet> => {
    const running = loading.get(cluster);
    if (running) return running;
    const started = refresh(deps, cluster).finally(() => loading.delete(cluster));
    loading.set(cluster, started);
    return started;
  };

  return {
    async load(deps, cluster, { fresh = false } = {}) {
      const cached = known.get(cluster);
      const isUsable = cached !== undefined && !fresh && deps.clock.now() - cached.loadedAt <= maxAgeMs;
      const fleet = isUsable ? cached : await share(deps, cluster);
      return membersOf(fleet, deps.clock.now());
    },
    inTurn(cluster, work) {
      const turn = (turns.get(cluster) ?? Promise.resolve()).then(work);
      // The next one waits for the end of this one, whichever it is; the failure itself belongs to this caller.
      const over = turn.then(nothing, nothing);
      turns.set(cluster, over);
      void over.then(() => turns.get(cluster) === over && turns.delete(cluster));
      return turn;
    },
    learn(reservation, version) {
      const fleet = known.get(reservation.cluster);
      const older = fleet?.reservations.get(reservation.instanceId);
      if (fleet && (!older || older.version < version)) {
        fleet.reservations.set(reservation.instanceId, {
          value: reservation,
          version,
        });
      }
    },
  };
}

const nothing = (): void => undefined;

async function readFleet({ store, clock }: Reader, cluster: string): Promise<ClusterFleet> {
  const loadedAt = clock.now();
  const [daemons, ...partitions] = await Promise.all([
    readDaemons({ store }, cluster),
    ...instancePartitions(cluster).map((pk) => readPartition(store, pk)),
  ]);
  const found = partitions.flatMap((partition) => partition.reservations);
  const alive = partitions.flatMap((partition) => partition.leases);
  return {
    loadedAt,
    reservations: new Map(found.map((entry) => [entry.value.instanceId, entry])),
    leases: new Map(alive.map(({ value }) => [value.instanceId, value])),
    daemons,
    claims: new WeakMap(),
  };
}

/** Leases first: one that is older than its reservation can only make an instance look less connected. */
const readPartition = async (store: Reader['store'], pk: string) => ({
  leases: await readAll(store, leases, { pk, prefix: leasesPrefix }),
  reservations: await readAll(store, reservations, { pk, prefix: reservationsPrefix }),
});

/** What was learned while the read was under way must not be undone by it. */
function keepNewer(found: ClusterFleet, before: ClusterFleet | undefined): void {
  for (const [instanceId, entry] of before?.reservations ?? []) {
    const read = found.reservations.get(instanceId);
    // The same version stays the same object, so that whoever remembers things about it need not work them out again.
    if (read && read.version <= entry.version) found.reservations.set(instanceId, entry);
  }
}

const membersOf = (fleet: ClusterFleet, now: number): readonly FleetMember[] =>
  [...fleet.reservations.values()]
    .filter(({ value }) => value.status !== 'INACTIVE')
    .map(({ value, version }) => {
      const lease = fleet.leases.get(value.instanceId);
      const connected = lease !== undefined && lease.expiresAt > now && lease.agentEpoch === value.agentEpoch;
      return { reservation: value, version, connected, ...claimsOf(fleet, value) };
    });

function claimsOf({ daemons, claims }: ClusterFleet, reservation: Reservation): Pick<FleetMember, 'claims'> {
  if (daemons.length === 0) return {};
  const known = claims.get(reservation) ?? claimsOn(daemons, reservation);
  claims.set(reservation, known);
  return known.length > 0 ? { claims: known } : {};
}
