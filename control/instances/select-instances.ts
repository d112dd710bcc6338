import type { Reservation } from '#core/model/container-instance.ts';
import { evaluateQuery } from '#core/placement/query/evaluate-query.ts';
import type { InstanceFacts, Query } from '#core/placement/query/query.ts';
import { reservationFacts, stayingGroups } from '#core/placement/room.ts';
import type { Dependencies } from '../dependencies.ts';
import { describeInstances, type InstanceView } from './read-instances.ts';

/** Ids of those of a page of instances that a query selects, by the very facts DescribeContainerInstances shows. */
export async function selectInstances(
  deps: Pick<Dependencies, 'store' | 'clock'>,
  cluster: string,
  page: readonly Pick<Reservation, 'instanceId'>[],
  query: Query,
): Promise<readonly string[]> {
  const ids = page.map(({ instanceId }) => instanceId);
  const views = await describeInstances(deps, cluster, ids);
  return ids.filter((_, position) => {
    const view = views[position];
    return view !== undefined && evaluateQuery(query, factsOf(view));
  });
}

const factsOf = ({ registration, reservation, connected, counts }: InstanceView): InstanceFacts => ({
  ...reservationFacts(reservation),
  agentVersion: registration.agentVersion,
  registeredAt: registration.registeredAt,
  agentConnected: connected,
  runningTasksCount: counts.running,
  groups: stayingGroups(reservation),
});
