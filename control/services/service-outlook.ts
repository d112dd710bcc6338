import type { DeploymentSpec, ServiceEvent, ServiceState } from '#core/model/service.ts';
import type { AnyService } from '#core/model/task-set.ts';
import type { ServiceNews } from '#core/service/news.ts';
import { messagesOf } from '#core/service/service-messages.ts';
import { NO_TASK_CHANGES, saidAfter, serviceNews, type TaskChanges } from '#core/service/service-news.ts';
import type { ServiceOutlook } from '#core/service/service-plan.ts';
import type { ServiceSnapshot } from '#core/service/service-snapshot.ts';
import { forgetTaskSets } from '#core/service/task-sets.ts';
import type { Dependencies } from '../dependencies.ts';
import { serviceOutboxWrites } from '../outbox/service-outbox.ts';
import type { Expectation, Write } from '../ports.ts';
import { check, type PutOptions, put, remove, serviceEvents, serviceStates, services } from '../records.ts';
import { serviceWake } from './create-service.ts';
import type { ServiceReading } from './read-service.ts';

/** How many events a service keeps, as ECS does. */
const EVENTS_KEPT = 100;

/** True when the state already says what the plan says: then a converged service costs no write. */
export function isSameOutlook(snapshot: ServiceSnapshot<AnyService>, outlook: ServiceOutlook, now: number): boolean {
  const { service, state } = snapshot;
  if (!state || outlook.ended || outlook.rollback || outlook.goneTaskSets || state.generation !== service.generation)
    return false;
  return (
    state.steady === outlook.steady &&
    state.desiredCount === outlook.desiredCount &&
    state.lastComplaint === outlook.complaint &&
    state.nextCheckAt === outlook.nextCheckAt &&
    // Handed back as it was when it did not change, as the deployments are.
    state.rebalance === outlook.rebalance &&
    state.lastCompleted?.id === outlook.lastCompleted?.id &&
    isSameList(state.deployments, outlook.deployments) &&
    isSameList(state.taskSets, outlook.taskSets) &&
    // A complaint is made again when hours have not resolved it.
    serviceNews(snapshot, state, outlook, NO_TASK_CHANGES, now).length === 0
  );
}

/** The planner hands unchanged deployments back as they were, so identity is equality. */
const isSameList = (a: readonly object[] = [], b: readonly object[] = []): boolean =>
  a.length === b.length && a.every((one, position) => one === b[position]);

/** One transaction of a plan, as it changes the service's state. */
export interface StateChange {
  readonly before: ServiceState | undefined;
  readonly after: ServiceState;
  readonly expect: Expectation;
  readonly outlook: ServiceOutlook;
  readonly news: readonly ServiceNews[];
  readonly at: number;
}

/** The state after one transaction of the plan, and what there is to tell of it. */
export function stateChange(
  snapshot: ServiceSnapshot<AnyService>,
  { before, expect }: Pick<StateChange, 'before' | 'expect'>,
  outlook: ServiceOutlook,
  happenings: TaskChanges,
  now: number,
): StateChange {
  const { service } = snapshot;
  const news = serviceNews(snapshot, before, outlook, happenings, now);
  const trafficSequence = outlook.trafficSequence ?? before?.trafficSequence;
  const said = saidAfter(snapshot, before?.said, news, outlook, now);
  const after: ServiceState = {
    cluster: service.cluster,
    name: service.name,
    generation: service.generation,
    deployments: outlook.deployments,
    ...(outlook.taskSets ? { taskSets: outlook.taskSets } : {}),
    eventSequence: (before?.eventSequence ?? 0) + allMessages(service, news).length,
    steady: outlook.steady,
    ...(outlook.desiredCount === undefined ? {} : { desiredCount: outlook.desiredCount }),
    ...(outlook.lastCompleted ? { lastCompleted: outlook.lastCompleted } : {}),
    ...(outlook.complaint === undefined ? {} : { lastComplaint: outlook.complaint }),
    ...(said.length > 0 ? { said } : {}),
    ...(outlook.nextCheckAt === undefined ? {} : { nextCheckAt: outlook.nextCheckAt }),
    ...(trafficSequence === undefined ? {} : { trafficSequence }),
    ...(outlook.rebalance ? { rebalance: outlook.rebalance } : {}),
  };
  return { before, after, expect, outlook, news, at: now };
}

const allMessages = (service: AnyService, news: readonly ServiceNews[]): readonly string[] =>
  news.flatMap((one) => messagesOf(service, one));

/** State, intent check, and what there is to tell: events with the oldest ones dropped, and the outbox. */
export function stateWrites(deps: Dependencies, reading: ServiceReading, change: StateChange): readonly Write[] {
  const { id, snapshot } = reading;
  const first = (change.before?.eventSequence ?? 0) + 1;
  const events = allMessages(snapshot.service, change.news).flatMap((message, offset): Write[] => {
    const sequence = first + offset;
    const event: ServiceEvent = { sequence, id: deps.ids.uuid(), createdAt: change.at, message };
    const added = put(serviceEvents, { ...id, sequence }, event, 'absent');
    // Invariant: an event is never changed, so the version of an old one is 1.
    return sequence > EVENTS_KEPT
      ? [added, remove(serviceEvents, { ...id, sequence: sequence - EVENTS_KEPT }, 1)]
      : [added];
  });
  return [
    put(serviceStates, id, change.after, change.expect, nextLook(snapshot.service, change, deps.clock.now())),
    intentWrite(deps, reading, change.outlook),
    ...events,
    ...serviceOutboxWrites(deps, snapshot.service, change),
  ];
}

/** Asks for the next look as soon as it is due; the sweep would find it too, later (rule R16). */
function nextLook(service: AnyService, { before, after }: StateChange, now: number): PutOptions {
  const at = after.nextCheckAt;
  const isAskedFor = at === before?.nextCheckAt && at !== undefined && at > now;
  return at === undefined || isAskedFor ? {} : { wake: { ...serviceWake(service), at } };
}

/**
 * The changes the worker makes to an intent: it ends a drained service, takes a failed deployment back, and forgets task
 * sets that have drained.
 */
function intentWrite(
  deps: Pick<Dependencies, 'ids' | 'clock' | 'timings'>,
  { id, snapshot: { service, state }, serviceVersion }: ServiceReading,
  { ended, rollback, goneTaskSets }: ServiceOutlook,
): Write {
  if (service.scheduler === 'task-sets' && goneTaskSets) {
    const left = forgetTaskSets(service, goneTaskSets, deps.clock.now(), deps.timings.tokenRetention);
    return put(services, id, ended ? { ...left, status: 'INACTIVE' } : left, serviceVersion);
  }
  if (ended) return put(services, id, { ...service, status: 'INACTIVE' }, serviceVersion);
  if (!rollback || service.scheduler === 'task-sets') return check(services, id, serviceVersion);
  // Tasks of the earlier deployment that are still there are kept. When none is left its slots are forgotten, and an
  // id never returns (invariant S7), so the same specification gets a new one.
  const isThere = state?.deployments.some((deployment) => deployment.id === rollback.id);
  const deployment: DeploymentSpec = isThere
    ? rollback
    : { ...rollback, id: `ecs-svc/${deps.ids.digits(19)}`, createdAt: deps.clock.now(), isRollback: true };
  const after = { ...service, deployment, generation: service.generation + 1 };
  return put(services, id, after, serviceVersion, { wake: serviceWake(service) });
}
