import type { Lease } from '#core/model/container-instance.ts';
import type { Timings } from '#core/timings.ts';
import type { Dependencies } from '../dependencies.ts';
import { instancePartitions, leasesPrefix } from '../keys.ts';
import { type InstanceId, leases, put, read, readAll, readMany, reservations } from '../records.ts';
import { isLeaseOver, isLost } from './declare-lost.ts';

/** Up to this share of a cluster may fall silent and be believed dead. */
const MAX_SHARE = 0.5;
/** Of fewer instances than this a share says nothing. */
const MIN_REGISTERED = 3;

/** Grace periods after which a silence is believed, if somebody else was heard from all the time. */
const PATIENCE = 4;

type LeaseTimings = Pick<Timings, 'lease' | 'heartbeat'>;

/**
 * A lease is written again when less than this share of it is left: half as many writes as heartbeats.
 * With less, a launch's report would renew it seldomer, and two things would break. A lease must outlive one call that
 * nobody answers: a report may just not renew (6 s into the lease), the next heartbeat is up to 5.5 s off, waits 7 s in
 * vain and is tried again within 0.25 s, 18.75 s into a lease of 20 s. And what tells the brake that the control plane
 * was away is that leases are older than they ever get while it is there.
 */
export const RENEW_BELOW = 0.7;

/**
 * The heartbeat after a lease fell due renews it, at the latest; a tenth of another one is for its jitter, and
 * a tenth for latency. With more, leases that an outage kept from their renewal would still pass for heard from.
 */
const OVERDUE_HEARTBEATS = 1.2;

/**
 * True when so little of a lease is left that a heartbeat that should have renewed it did not arrive. After a short
 * outage leases run out one by one: those that still have a little time left were not heard from either.
 */
export const isOverdue = ({ expiresAt }: Lease, now: number, { lease, heartbeat }: LeaseTimings): boolean =>
  expiresAt - now < lease * RENEW_BELOW - OVERDUE_HEARTBEATS * heartbeat;

const gracePeriod = ({ lease, heartbeat }: LeaseTimings): number => lease + 2 * heartbeat;

/** True for one grace period after a lease that had run out was renewed: the whole cluster may just be coming back. */
export const isRecovering = ({ recoveredAt }: Lease, now: number, timings: LeaseTimings): boolean =>
  recoveredAt !== undefined && now - recoveredAt < gracePeriod(timings);

/**
 * Rule R13, the mass-expiry brake. When most leases of a cluster ended together, the control plane was away or cut
 * off, and its agents are not dead: nobody is declared lost before a grace period has passed since most are back.
 * Machines that really died together are believed dead in the end: a lease that was held without a gap through
 * several grace periods proves that the control plane could be reached all the while.
 * Reads every lease, so it is asked only once one is found over.
 */
export async function isLossBraked(deps: Dependencies, cluster: string): Promise<boolean> {
  const { clock, store, timings } = deps;
  const pages = instancePartitions(cluster).map((pk) => readAll(store, leases, { pk, prefix: leasesPrefix }));
  const found = (await Promise.all(pages)).flat().map(({ value }) => value);
  const now = clock.now();
  const isOver = (lease: Lease): boolean => isLeaseOver(lease, now, timings.serverMargin);
  const held = found.filter((lease) => !isOver(lease));
  const alive = held.filter((lease) => !isOverdue(lease, now, timings));
  const overdue = held.length - alive.length;
  const believedFrom = now - PATIENCE * gracePeriod(timings);
  const silent = await unsettled(deps, cluster, found.filter(isOver), believedFrom);
  const isWitnessed = alive.some(({ heldSince = now }) => heldSince <= believedFrom);
  const doubtful = silent.filter(({ expiresAt }) => !isWitnessed || expiresAt > believedFrom).length;
  const recovering = alive.filter((lease) => isRecovering(lease, now, timings)).length;
  const registered = held.length + silent.length;
  // In a small cluster total silence, and also the first of two voices after it, is just as likely the control plane's
  // own: it is believed at the second look.
  const isSuspect = ({ suspectedAt = now }: Lease): boolean => now - suspectedAt >= gracePeriod(timings);
  if (registered < MIN_REGISTERED && alive.length === recovering) return !silent.every(isSuspect);
  return registered >= MIN_REGISTERED && (doubtful + overdue + recovering) / registered > MAX_SHARE;
}

/** Those whose loss was not declared yet, or only lately: one loss that was right says little of the next. */
async function unsettled(
  deps: Dependencies,
  cluster: string,
  over: readonly Lease[],
  believedFrom: number,
): Promise<readonly Lease[]> {
  const ids = over.map(({ instanceId }) => ({ cluster, instanceId }));
  const held = await readMany(deps.store, reservations, ids);
  return over.filter(({ expiresAt }, position) => {
    const reservation = held[position];
    return reservation !== undefined && (!isLost(reservation.value) || expiresAt > believedFrom);
  });
}

/** Remembers when total silence was first noticed. Whoever renews its lease meanwhile makes the write fail, and wins. */
export async function suspect(deps: Dependencies, ids: readonly InstanceId[]): Promise<void> {
  for (const id of ids) {
    const lease = await read(deps.store, leases, id);
    const isNews = lease && lease.value.suspectedAt === undefined;
    const isOver = lease && isLeaseOver(lease.value, deps.clock.now(), deps.timings.serverMargin);
    if (!isNews || !isOver) continue;
    await deps.store.transact([put(leases, id, { ...lease.value, suspectedAt: deps.clock.now() }, lease.version)]);
  }
}
