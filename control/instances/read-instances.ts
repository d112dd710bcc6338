import type { InstanceStatus, Lease, Registration, Reservation } from '#core/model/container-instance.ts';
import type { Dependencies } from '../dependencies.ts';
import { instancePartitions, reservationKey, reservationsPrefix } from '../keys.ts';
import { asRecord, leases, observations, readMany, registrations, reservations } from '../records.ts';

/** An instance as reads show it. */
export interface InstanceView {
  readonly registration: Registration;
  readonly reservation: Reservation;
  readonly reservationVersion: number;
  readonly connected: boolean;
  /** Absent once it is INACTIVE. */
  readonly lease?: Lease;
  readonly counts: { readonly running: number; readonly pending: number };
}

/** Instances in the order asked for; undefined where there is none. */
export async function describeInstances(
  deps: Pick<Dependencies, 'store' | 'clock'>,
  cluster: string,
  instanceIds: readonly string[],
): Promise<readonly (InstanceView | undefined)[]> {
  const ids = instanceIds.map((instanceId) => ({ cluster, instanceId }));
  const [registered, reserved, leased] = await Promise.all([
    readMany(deps.store, registrations, ids),
    readMany(deps.store, reservations, ids),
    readMany(deps.store, leases, ids),
  ]);
  return Promise.all(
    ids.map(async (_, position) => {
      const [registration, reservation, lease] = [registered[position], reserved[position], leased[position]];
      if (!registration || !reservation) return undefined;
      const isLive = lease !== undefined && lease.value.expiresAt > deps.clock.now();
      return {
        registration: registration.value,
        reservation: reservation.value,
        reservationVersion: reservation.version,
        ...(lease ? { lease: lease.value } : {}),
        connected: isLive && reservation.value.status !== 'INACTIVE',
        counts: await countTasks(deps, reservation.value),
      };
    }),
  );
}

async function countTasks(
  deps: Pick<Dependencies, 'store'>,
  { cluster, tasks }: Reservation,
): Promise<InstanceView['counts']> {
  const observed = await readMany(
    deps.store,
    observations,
    tasks.map(({ taskId }) => ({ cluster, taskId })),
  );
  const running = observed.filter((observation) => observation?.value.status === 'RUNNING').length;
  return { running, pending: tasks.length - running };
}

/** Says which of a page of instances a list shows. */
export type SelectInstances = (page: readonly Reservation[]) => Promise<readonly string[]>;

const selectAll: SelectInstances = async (page) => page.map(({ instanceId }) => instanceId);

/** Ids of a cluster's instances; INACTIVE ones only when asked for by status. */
export async function listInstances(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  page: { readonly after?: string; readonly limit: number },
  status?: InstanceStatus,
  select = selectAll,
): Promise<{ readonly instanceIds: readonly string[]; readonly next?: string }> {
  const found: string[] = [];
  for await (const listed of walkReservations(deps, cluster, page.after)) {
    const shown = listed.filter(({ status: is }) => (status === undefined ? is !== 'INACTIVE' : is === status));
    for (const instanceId of await select(shown)) {
      if (found.length === page.limit) return { instanceIds: found, next: found[found.length - 1] ?? '' };
      found.push(instanceId);
    }
  }
  return { instanceIds: found };
}

/** The reservations of a cluster, page by page, from behind an instance on; in the order every list has. */
export async function* walkReservations(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  afterInstance?: string,
): AsyncGenerator<readonly Reservation[]> {
  const partitions = instancePartitions(cluster);
  const start = afterInstance === undefined ? undefined : reservationKey(cluster, afterInstance);
  for (const pk of partitions.slice(start ? Math.max(0, partitions.indexOf(start.pk)) : 0)) {
    let after = pk === start?.pk ? start.sk : undefined;
    do {
      const query = { pk, prefix: reservationsPrefix };
      const answer = await deps.store.query(after === undefined ? query : { ...query, after });
      yield answer.items.map((item) => asRecord(reservations, item).value);
      after = answer.next;
    } while (after !== undefined);
  }
}
