import { isExpiredEvent } from '#core/kube/event/recorded-event.ts';
import { isSlowSweep } from '#core/kube/slow-sweep.ts';
import type { Dependencies } from '../../dependencies.ts';
import { commitObjects } from '../commit-objects.ts';
import { listObjects } from '../read-objects.ts';

/** Each takes two writes of a transaction's hundred, and all of them share the log's head. */
const AT_ONCE = 40;

/**
 * Deletes the events of a cluster that nobody needs any more. They go as every other object does, with an entry in the log:
 * time to live of the table would take them without one, and whoever watches would keep them for ever. Events that are told
 * again meanwhile stay, and the next sweep looks at the rest.
 */
export async function expireEvents(deps: Dependencies, cluster: string): Promise<void> {
  const now = deps.clock.now();
  if (!isSlowSweep(now)) return;
  const found = await listObjects(deps, { cluster, resource: 'events' });
  const expired = found.filter(({ value }) => isExpiredEvent(value, now));
  for (let at = 0; at < expired.length; at += AT_ONCE) {
    const commits = expired.slice(at, at + AT_ONCE).map((before) => {
      const { namespace = '', name } = before.value.metadata;
      return { kind: 'delete', id: { cluster, resource: 'events', namespace, name }, before } as const;
    });
    await commitObjects(deps, commits);
  }
}
