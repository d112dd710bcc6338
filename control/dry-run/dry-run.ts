import type { Task } from '#core/model/task.ts';
import { explainPlacement, type PlacementExplanation } from '#core/placement/explain.ts';
import type { WorkItem } from '#events/work-item.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FleetCache } from '../placement/fleet.ts';
import { placeTasks } from '../placement/place-tasks.ts';
import { asRecord, tasks } from '../records.ts';
import { reconcileService } from '../services/reconcile-service.ts';
import { type WhatIfChange, whatIfStore } from './what-if-store.ts';

/** A task that would be made. */
export interface PlannedStart {
  readonly group: string;
  readonly definition: Task['definition'];
  /** Where it would run; absent when no instance has room. */
  readonly instanceId?: string;
  /** Why nothing has room. */
  readonly placement?: PlacementExplanation;
}

/** A task that would be told to stop. */
export interface PlannedStop {
  readonly taskId: string;
  readonly group: string;
  readonly definition: Task['definition'];
  readonly instanceId?: string;
  readonly reason: string;
}

/** What a request would do at once. A rollout goes on from there as its tasks become healthy. */
export interface DryRun<T> {
  readonly answer: T;
  readonly starts: readonly PlannedStart[];
  readonly stops: readonly PlannedStop[];
}

/**
 * Runs a request, and the work it wakes, against a copy of the state that keeps every write to itself: what is planned is
 * decided by the very code that would carry it out. No agent is rung, no message is sent, no machine is
 * launched, no traffic is shifted.
 */
export async function dryRun<T>(
  deps: Dependencies,
  fleet: FleetCache,
  request: (planned: Dependencies) => Promise<T>,
): Promise<DryRun<T>> {
  const store = whatIfStore(deps.store);
  const planned: Dependencies = {
    ...deps,
    store,
    fleet,
    queue: { send: async () => undefined },
    channel: { open: async () => undefined, ring: async () => undefined, close: async () => undefined },
    capacity: {
      policy: () => undefined,
      list: async () => [],
      launch: async () => undefined,
      terminate: async () => undefined,
    },
    ...(deps.router ? { router: { route: async () => undefined } } : {}),
  };
  const answer = await request(planned);
  for (const work of wokenBy(store.changes(), 'service')) await reconcileService(planned, work.cluster, work.service);
  for (const cluster of new Set(store.changes().flatMap(({ after }) => after?.wake?.work.cluster ?? []))) {
    await placeTasks(planned, cluster);
  }
  const changed = store.changes().filter(({ before, after }) => (after ?? before)?.kind === tasks.kind);
  return { answer, starts: await startsOf(planned, changed), stops: stopsOf(changed) };
}

const wokenBy = <K extends WorkItem['kind']>(
  changes: readonly WhatIfChange[],
  kind: K,
): readonly Extract<WorkItem, { kind: K }>[] => {
  const woken = changes.flatMap(({ after }) => after?.wake?.work ?? []);
  return woken.filter((work): work is Extract<WorkItem, { kind: K }> => work.kind === kind);
};

async function startsOf(planned: Dependencies, changes: readonly WhatIfChange[]): Promise<readonly PlannedStart[]> {
  const made = changes.flatMap(({ before, after }) => (!before && after ? [asRecord(tasks, after).value] : []));
  return Promise.all(
    made
      .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
      .map(async (task): Promise<PlannedStart> => {
        const { group, definition, assignment } = task;
        if (assignment) return { group, definition, instanceId: assignment.instanceId };
        return {
          group,
          definition,
          placement: explainPlacement(task, await planned.fleet.load(planned, task.cluster)),
        };
      }),
  );
}

const stopsOf = (changes: readonly WhatIfChange[]): readonly PlannedStop[] =>
  changes.flatMap(({ before, after }): readonly PlannedStop[] => {
    const was = before && asRecord(tasks, before).value;
    const is = after && asRecord(tasks, after).value;
    if (!was || !is || was.desiredStatus === is.desiredStatus) return [];
    const { taskId, group, definition, assignment, stop } = is;
    const instance = assignment ? { instanceId: assignment.instanceId } : {};
    return [{ taskId, group, definition, ...instance, reason: stop?.reason ?? '' }];
  });
