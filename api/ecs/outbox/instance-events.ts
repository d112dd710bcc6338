import type { Dependencies } from '#control/dependencies.ts';
import { describeInstances } from '#control/instances/read-instances.ts';
import { eventId } from '#control/outbox/event-id.ts';
import { asRecord, reservations } from '#control/records.ts';
import type { JsonObject } from '#core/json.ts';
import { clusterArn, containerInstanceArn } from '#core/model/arn.ts';
import { instanceView } from '../views/container-instance.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { ItemChange } from './item-change.ts';

/**
 * ECS Container Instance State Change: the machine with the resources and the status a change left it; whether its agent
 * is heard from is as of now. Changes of one machine in one batch make one event, of the newest.
 */
export async function instanceEvents(
  deps: Dependencies,
  changes: readonly ItemChange[],
): Promise<readonly ClusterEvent[]> {
  const newest = new Map<string, ItemChange>();
  for (const change of changes) if (change.new.kind === 'reservation') newest.set(change.new.key.sk, change);
  const events = await Promise.all([...newest.values()].map((change) => eventOf(deps, change)));
  return events.flat();
}

async function eventOf(deps: Dependencies, { new: item, at }: ItemChange): Promise<readonly ClusterEvent[]> {
  const { value: reservation, version } = asRecord(reservations, item);
  const { cluster, instanceId } = reservation;
  const [view] = await describeInstances(deps, cluster, [instanceId]);
  if (!view) return [];
  const arn = containerInstanceArn(deps.scope, cluster, instanceId);
  const shown = {
    ...instanceView(deps.scope, { ...view, reservation, reservationVersion: version }, { tags: false, health: false }),
    clusterArn: clusterArn(deps.scope, cluster),
    updatedAt: new Date(at),
  };
  const id = eventId(deps, 'container-instance', cluster, instanceId, version);
  const detail = JSON.parse(JSON.stringify(shown)) as JsonObject;
  return [{ cluster, event: { kind: 'container-instance', id, at, arn, detail } }];
}
