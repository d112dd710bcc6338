import type { Said, ServiceState } from '../model/service.ts';
import type { AnyService } from '../model/task-set.ts';
import type { ServiceNews } from './news.ts';
import type { RebalanceNews } from './rebalance-messages.ts';
import { messagesOf } from './service-messages.ts';
import type { ServiceOutlook } from './service-plan.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { isStartImpaired } from './start-impairment.ts';
import { leadingSpec } from './task-sets.ts';

export interface TaskChanges {
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  /** Those of the stopped ones that failed their health checks. */
  readonly unhealthy: readonly string[];
}

export const NO_TASK_CHANGES: TaskChanges = { started: [], stopped: [], unhealthy: [] };

/** ECS leaves a repeated event out until its cause is resolved or this long has passed. */
const REPEATED_AFTER_MS = 6 * 3_600_000;

/** Compares a service before and after one step; a step that changes nothing has no news. */
export function serviceNews(
  snapshot: ServiceSnapshot<AnyService>,
  before: ServiceState | undefined,
  outlook: ServiceOutlook,
  changes: TaskChanges,
  now: number,
): readonly ServiceNews[] {
  // A steady service has what it wants: slots that failed and are no longer wanted are no complaint.
  const impaired = outlook.steady ? [] : impairmentNews(snapshot);
  const complaints = [...placementNews(snapshot, outlook), ...impaired].filter(
    (news) => !wasSaid(before?.said, messagesOf(snapshot.service, news)[0], now),
  );
  return [
    ...beginning(snapshot, before, outlook),
    ...taskNews(before, outlook, changes),
    ...complaints,
    ...ending(before, outlook),
    ...taskSetNews(before, outlook),
    ...(outlook.steady && !before?.steady ? settling(snapshot) : []),
  ];
}

/** Tasks that started and stopped. Rebalancing tells of its own in its own words. */
function taskNews(
  before: ServiceState | undefined,
  { rebalanceNews: news, unhealthy: ill = 0 }: ServiceOutlook,
  { started, stopped, unhealthy }: TaskChanges,
): readonly ServiceNews[] {
  const startNews = news?.kind === 'started' ? news : undefined;
  const stopNews = news?.kind === 'stopped' ? news : undefined;
  const rebalance = (one: RebalanceNews, tasks: readonly string[]): ServiceNews => ({
    kind: 'rebalance',
    news: one,
    tasks,
  });
  const replaced = Math.min(started.length, ill);
  const starting: ServiceNews = startNews
    ? rebalance(startNews, started)
    : { kind: 'tasks-started', tasks: started, replaced };
  const stopping: ServiceNews = stopNews ? rebalance(stopNews, stopped) : { kind: 'tasks-stopped', tasks: stopped };
  return [
    ...(started.length > 0 ? [starting] : []),
    ...(unhealthy.length > 0 ? [{ kind: 'tasks-unhealthy', tasks: unhealthy } as const] : []),
    ...(stopped.length > 0 ? [stopping] : []),
    ...(news?.kind === 'completed' && before?.rebalance ? [rebalance(news, [])] : []),
  ];
}

/** What a step means for each task set. */
const taskSetNews = (before: ServiceState | undefined, { taskSets = [] }: ServiceOutlook): readonly ServiceNews[] =>
  taskSets.flatMap(({ id, desired, isStable }): readonly ServiceNews[] => {
    const was = before?.taskSets?.find((state) => state.id === id);
    return [
      ...(desired === (was?.desired ?? 0) ? [] : [{ kind: 'task-set-scaled', taskSet: id, desired } as const]),
      ...(isStable && !was?.isStable ? [{ kind: 'task-set-stable', taskSet: id } as const] : []),
    ];
  });

/** What is remembered of the complaints made; nothing once the service is steady, because then they are resolved. */
export function saidAfter(
  { service }: ServiceSnapshot<AnyService>,
  before: readonly Said[] | undefined,
  news: readonly ServiceNews[],
  { steady }: ServiceOutlook,
  now: number,
): readonly Said[] {
  if (steady) return [];
  const added = news.flatMap((one): readonly Said[] =>
    one.kind === 'placement-failed' || one.kind === 'start-impaired'
      ? [{ text: messagesOf(service, one)[0] ?? '', at: now }]
      : [],
  );
  const repeated = new Set(added.map(({ text }) => text));
  const kept = (before ?? []).filter(({ text, at }) => !repeated.has(text) && now - at < REPEATED_AFTER_MS);
  // A service whose complaints differ each time must not grow the item everything else depends on.
  return [...kept, ...added].slice(-MAX_SAID);
}

const MAX_SAID = 8;

const wasSaid = (said: readonly Said[] | undefined, message: string | undefined, now: number): boolean =>
  (said ?? []).some(({ text, at }) => text === message && now - at < REPEATED_AFTER_MS);

function placementNews(
  { unplaced }: ServiceSnapshot<AnyService>,
  { complaint }: ServiceOutlook,
): readonly ServiceNews[] {
  if (complaint === undefined) return [];
  const [first] = unplaced;
  const [commonest] = Object.entries(first?.rejected ?? {}).sort(([, a], [, b]) => b - a);
  const reason = commonest?.[0] ?? 'No Container Instances were found in your cluster.';
  return [{ kind: 'placement-failed', complaint, reason }];
}

const impairmentNews = (snapshot: ServiceSnapshot<AnyService>): readonly ServiceNews[] =>
  isStartImpaired(snapshot) ? [{ kind: 'start-impaired' }] : [];

const settling = ({ service }: ServiceSnapshot<AnyService>): readonly ServiceNews[] => [
  { kind: 'steady' },
  ...(leadingSpec(service)?.capacityProviderStrategy ? [{ kind: 'capacity-steady' } as const] : []),
];

/** A deployment that leads now and did not before. One that was there already has come back. */
function beginning(
  { service }: ServiceSnapshot<AnyService>,
  before: ServiceState | undefined,
  { deployments: [current] }: ServiceOutlook,
): readonly ServiceNews[] {
  const known = before?.deployments ?? [];
  if (!current || service.status !== 'ACTIVE' || known[0]?.id === current.id) return [];
  const isRollback = current.isRollback === true || known.some(({ id }) => id === current.id);
  return [{ kind: 'deployment-begun', deployment: current.id, isRollback }];
}

/** The leading deployment came to an end, and where the service goes back to when it failed. */
function ending(
  before: ServiceState | undefined,
  { deployments: [current], rollback }: ServiceOutlook,
): readonly ServiceNews[] {
  const was = before?.deployments.find(({ id }) => id === current?.id);
  if (!current || was?.rolloutState === current.rolloutState) return [];
  const deployment = current.id;
  if (current.rolloutState === 'COMPLETED') return [{ kind: 'deployment-completed', deployment }];
  if (current.rolloutState !== 'FAILED') return [];
  return [
    { kind: 'deployment-failed', deployment, failure: current.failure ?? 'tasks failed to start.' },
    ...(rollback ? [{ kind: 'rolling-back', deployment: rollback.id } as const] : []),
  ];
}
