import { Fault } from '#core/fault.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import { type Attributes, checkAttribute, withAttributes, withoutAttributes } from '#core/placement/attributes.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { put, readMany, reservations, type Versioned } from '../records.ts';
import { wakeDaemons } from '../services/wake-daemons.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';

/** One attribute of one container instance; without a value it is there all the same. */
export interface InstanceAttribute {
  readonly instanceId: string;
  readonly name: string;
  readonly value: string;
}

type Change = (before: Reservation, own: readonly InstanceAttribute[]) => Reservation;

/**
 * PutAttributes: all of them or none. They outlive the agent: a later registration finds them again.
 * Faults: ClusterNotFound, TargetNotFound, InvalidParameter, AttributeLimitExceeded.
 */
export async function putAttributes(
  deps: Dependencies,
  cluster: string,
  attributes: readonly InstanceAttribute[],
): Promise<void> {
  for (const { name, value } of attributes) checkAttribute(name, value);
  await changeInstances(deps, cluster, attributes, (before, own) => {
    const given = Object.fromEntries(own.map(({ name, value }) => [name, value]));
    const resource = `Container instance ${before.instanceId}`;
    return {
      ...before,
      attributes: withAttributes(before.attributes, given, resource),
      putAttributes: { ...before.putAttributes, ...given },
    };
  });
}

/**
 * DeleteAttributes; what an instance does not have is no fault. One that its agent brings is back when that registers.
 * Faults: ClusterNotFound, TargetNotFound, InvalidParameter for built-in ones.
 */
export async function deleteAttributes(
  deps: Dependencies,
  cluster: string,
  attributes: readonly InstanceAttribute[],
): Promise<void> {
  for (const { name } of attributes) checkAttribute(name, '');
  await changeInstances(deps, cluster, attributes, (before, own) => {
    const names = new Set(own.map(({ name }) => name));
    const { putAttributes: kept = {}, ...rest } = before;
    const left = withoutAttributes(kept, names);
    return {
      ...rest,
      attributes: withoutAttributes(before.attributes, names),
      ...(Object.keys(left).length > 0 ? { putAttributes: left } : {}),
    };
  });
}

/** Rule R2: one transaction over all instances named, each conditional on what was read of it. */
async function changeInstances(
  deps: Dependencies,
  cluster: string,
  attributes: readonly InstanceAttribute[],
  change: Change,
): Promise<void> {
  await requireCluster(deps, cluster);
  const byInstance = Map.groupBy(attributes, ({ instanceId }) => instanceId);
  const ids = [...byInstance.keys()].map((instanceId) => ({ cluster, instanceId }));
  await untilCommitted(`attributes in cluster ${cluster}`, async (): Promise<undefined | typeof CONFLICT> => {
    const found = await readMany(deps.store, reservations, ids);
    const changes = found.flatMap((reservation, position) => {
      const before = requireInstance(reservation, ids[position]?.instanceId ?? '');
      const value = change(before.value, byInstance.get(before.value.instanceId) ?? []);
      return isSame(before.value, value) ? [] : [{ value, before }];
    });
    if (changes.length === 0) return undefined;
    // A task may wait for just this attribute.
    const wake = { work: { kind: 'placement', cluster } } as const;
    const outcome = await deps.store.transact(
      changes.map(({ value, before }) => put(reservations, value, value, before.version, { wake })),
    );
    if (outcome.kind === 'committed') {
      for (const { value, before } of changes) deps.fleet.learn(value, before.version + 1);
    }
    return unlessConflict(outcome);
  });
  await wakeDaemons(deps, cluster);
}

function requireInstance(found: Versioned<Reservation> | undefined, instanceId: string): Versioned<Reservation> {
  if (found && found.value.status !== 'INACTIVE') return found;
  throw new Fault('TargetNotFound', `Could not find the container instance ${instanceId}.`);
}

/** What repeats changes nothing, and then nothing is written. */
const isSame = (before: Reservation, after: Reservation): boolean =>
  hasSame(before.attributes, after.attributes) && hasSame(before.putAttributes ?? {}, after.putAttributes ?? {});

function hasSame(before: Attributes, after: Attributes): boolean {
  const names = Object.keys(after);
  return names.length === Object.keys(before).length && names.every((name) => before[name] === after[name]);
}
