import type { Deployment, DeploymentSpec, Service, ServiceEvent, ServiceState } from '#core/model/service.ts';
import { messageOf } from '#core/service/service-messages.ts';
import {
  NO_TASK_CHANGES,
  type ServiceNews,
  saidAfter,
  serviceNews,
  type TaskChanges,
} from '#core/service/service-news.ts';
import type { ServiceOutlook } from '#core/service/service-plan.ts';
import type { ServiceSnapshot } from '#core/service/service-snapshot.ts';
import type { Dependencies } from '../dependencies.ts';
import { serviceOutboxWrites } from '../outbox/service-outbox.ts';
import type { Expectation, Write } from '../ports.ts';
import { check, type PutOptions, put, remove, serviceEvents, serviceStates, services } from '../records.ts';
import { serviceWake } from './create-service.ts';
import type { ServiceReading } from './read-service.ts';

/** What one transaction did, for the service's events. */
export type Happenings = TaskChanges;

/** How many events a service keeps, as ECS does. */
const EVENTS_KEPT = 100;

/** True when the state already says what the plan says: then a converged service costs no write. */
export function isSameOutlook(snapshot: ServiceSnapshot, outlook: ServiceOutlook, now: number): boolean {
  const { service, state } = snapshot;
  if (!state || outlook.ended || outlook.rollback || state.generation !== service.generation) return false;
  return (
    state.steady === outlook.steady &&
    state.lastComplaint === outlook.complaint &&
    state.nextCheckAt === outlook.nextCheckAt &&
    state.lastCompleted?.id === outlook.lastCompleted?.id &&
    isSameList(state.deployments, outlook.deployments) &&
    // A complaint is made again when hours have not resolved it.
    serviceNews(snapshot, state, outlook, NO_TASK_CHANGES, now).length === 0
  );
}

/** The planner hands unchanged deployments back as they were, so identity is equality. */
const isSameList = (a: readonly Deployment[], b: readonly Deployment[]): boolean =>
  a.length === b.length && a.every((deployment, position) => deployment === b[position]);

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
  snapshot: ServiceSnapshot,
  { before, expect }: Pick<StateChange, 'before' | 'expect'>,
  outlook: ServiceOutlook,
  happenings: Happenings,
  now: number,
): StateChange {
  const { service } = snapshot;
  const news = serviceNews(snapshot, before, outlook, happenings, now);
  const said = saidAfter(snapshot, before?.said, news, outlook, now);
  const after: ServiceState = {
    cluster: service.cluster,
    name: service.name,
    generation: service.generation,
    deployments: outlook.deployments,
    eventSequence: (before?.eventSequence ?? 0) + messagesOf(service, news).length,
    steady: outlook.steady,
    ...(outlook.lastCompleted ? { lastCompleted: outlook.lastCompleted } : {}),
    ...(outlook.complaint === undefined ? {} : { lastComplaint: outlook.complaint }),
    ...(said.length > 0 ? { said } : {}),
    ...(outlook.nextCheckAt === undefined ? {} : { nextCheckAt: outlook.nextCheckAt }),
  };
  return { before, after, expect, outlook, news, at: now };
}

const messagesOf = (service: Service, news: readonly ServiceNews[]): readonly string[] =>
  news.flatMap((one) => messageOf(service, one) ?? []);

/** State, intent check, and what there is to tell: events with the oldest ones dropped, and the outbox. */
export function stateWrites(deps: Dependencies, reading: ServiceReading, change: StateChange): readonly Write[] {
  const { id, snapshot } = reading;
  const first = (change.before?.eventSequence ?? 0) + 1;
  const events = messagesOf(snapshot.service, change.news).flatMap((message, offset): Write[] => {
    const sequence = first + offset;
    const event: ServiceEvent = { sequence, id: deps.ids.uuid(), createdAt: change.at, message };
    const added = put(serviceEvents, { ...id, sequence }, event, 'absent');
    // Invariant: an event is never changed, so the version of an old one is 1.
    return sequence > EVENTS_KEPT
      ? [added, remove(serviceEvents, { ...id, sequence: sequence - EVENTS_KEPT }, 1)]
      : [added];
  });
  return [
    put(serviceStates, id, change.after, change.expect, nextLook(snapshot.service, change)),
    intentWrite(deps, reading, change.outlook),
    ...events,
    ...serviceOutboxWrites(deps, snapshot.service, change),
  ];
}

/** Asks for the next look as soon as it is due; the sweep would find it too, later (rule R16). */
function nextLook(service: Service, { before, after }: StateChange): PutOptions {
  const at = after.nextCheckAt;
  return at === undefined || at === before?.nextCheckAt ? {} : { wake: { ...serviceWake(service), at } };
}

/** The two changes the worker makes to an intent: it ends a drained service, and takes a failed deployment back. */
function intentWrite(
  deps: Pick<Dependencies, 'ids' | 'clock'>,
  { id, snapshot: { service, state }, serviceVersion }: ServiceReading,
  { ended, rollback }: ServiceOutlook,
): Write {
  if (ended) return put(services, id, { ...service, status: 'INACTIVE' }, serviceVersion);
  if (!rollback) return check(services, id, serviceVersion);
  // Tasks of the earlier deployment that are still there are kept. When none is left its slots are forgotten, and an
  // id never returns (invariant S7), so the same specification gets a new one.
  const isThere = state?.deployments.some((deployment) => deployment.id === rollback.id);
  const deployment: DeploymentSpec = isThere
    ? rollback
    : { ...rollback, id: `ecs-svc/${deps.ids.digits(19)}`, createdAt: deps.clock.now(), isRollback: true };
  const after = { ...service, deployment, generation: service.generation + 1 };
  return put(services, id, after, serviceVersion, { wake: serviceWake(service) });
}
