import type { Reservation } from '#core/model/container-instance.ts';
import { requireCluster } from '../clusters/require-cluster.ts';
import type { Dependencies } from '../dependencies.ts';
import { walkReservations } from '../instances/read-instances.ts';
import { read, reservations } from '../records.ts';
import type { InstanceAttribute } from './change-attributes.ts';

export interface AttributePage {
  readonly name?: string;
  readonly value?: string;
  /** Instance id and name of the attribute that ended the page before. */
  readonly after?: string;
  readonly limit: number;
}

const SEPARATOR = ':';

/** Attributes instance by instance, by name on each; of instances that are gone there are none. */
export async function listAttributes(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  page: AttributePage,
): Promise<{ readonly attributes: readonly InstanceAttribute[]; readonly next?: string }> {
  await requireCluster(deps, cluster);
  const found: InstanceAttribute[] = [];
  for await (const attribute of walkAttributes(deps, cluster, page.after)) {
    if (page.name !== undefined && attribute.name !== page.name) continue;
    if (page.value !== undefined && attribute.value !== page.value) continue;
    const last = found[page.limit - 1];
    if (last) return { attributes: found, next: `${last.instanceId}${SEPARATOR}${last.name}` };
    found.push(attribute);
  }
  return { attributes: found };
}

async function* walkAttributes(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  after?: string,
): AsyncGenerator<InstanceAttribute> {
  if (after === undefined) {
    yield* walkBehind(deps, cluster);
    return;
  }
  const separator = after.indexOf(SEPARATOR);
  const [instanceId, name] = [after.slice(0, separator), after.slice(separator + 1)];
  const started = await read(deps.store, reservations, { cluster, instanceId });
  if (started) yield* attributesOf(started.value).filter((attribute) => attribute.name > name);
  yield* walkBehind(deps, cluster, instanceId);
}

async function* walkBehind(
  deps: Pick<Dependencies, 'store'>,
  cluster: string,
  instanceId?: string,
): AsyncGenerator<InstanceAttribute> {
  for await (const listed of walkReservations(deps, cluster, instanceId)) yield* listed.flatMap(attributesOf);
}

function attributesOf({ instanceId, status, attributes }: Reservation): readonly InstanceAttribute[] {
  if (status === 'INACTIVE') return [];
  const names = Object.keys(attributes).sort();
  return names.map((name) => ({ instanceId, name, value: attributes[name] ?? '' }));
}
