import type { Deployment, DeploymentSpec, Service, ServiceDeploymentRecord, ServiceState } from '../model/service.ts';
import type { ServiceOutlook } from './service-plan.ts';

/** What a step means for the history of one deployment: the record is made, or changed from what stands there. */
export type HistoryChange =
  | { readonly kind: 'begin'; readonly record: ServiceDeploymentRecord }
  | {
      readonly kind: 'move';
      readonly deployment: DeploymentName;
      readonly change: (before: ServiceDeploymentRecord) => ServiceDeploymentRecord;
    };

/** What a record is found by. */
export type DeploymentName = Pick<DeploymentSpec, 'id' | 'createdAt'>;

type End = Pick<ServiceDeploymentRecord, 'status'> &
  Partial<Pick<ServiceDeploymentRecord, 'statusReason' | 'rollback'>>;

/** Compares the deployments before and after a step. Most steps change none of them and cost nothing. */
export function historyChanges(
  service: Service,
  before: ServiceState | undefined,
  outlook: ServiceOutlook,
  now: number,
): readonly HistoryChange[] {
  const known = before?.deployments ?? [];
  const [current] = outlook.deployments;
  if (!current) return [];
  const was = known.find(({ id }) => id === current.id);
  const changes: HistoryChange[] = [];
  if (!was)
    changes.push({
      kind: 'begin',
      record: newRecord(
        { ...service, desiredCount: outlook.desiredCount ?? service.desiredCount },
        known.map(({ id }) => id),
        now,
        current,
      ),
    });
  // A deployment that leads no more before it was complete was overtaken, by an intent or by a rollback.
  const [led] = known;
  if (led && led.id !== current.id && led.rolloutState === 'IN_PROGRESS') {
    changes.push(move(led, now, { status: 'STOPPED', statusReason: `Superseded by ${current.id}.` }));
  }
  if (was && was.rolloutState !== current.rolloutState) changes.push(...turned(current, outlook, now));
  const all = [...changes, ...rollbacksDone(known, outlook, now)];
  return was && was.shift !== current.shift ? withShift(all, current, now) : all;
}

/** Tells how far the current deployment is in shifting traffic, in the one change that each record may have in a step. */
function withShift(changes: readonly HistoryChange[], current: Deployment, now: number): readonly HistoryChange[] {
  const isOwn = (change: HistoryChange) => change.kind === 'move' && change.deployment.id === current.id;
  const shifted: HistoryChange = {
    kind: 'move',
    deployment: current,
    change: (before) => {
      const own = changes.find(isOwn);
      const after = own?.kind === 'move' ? own.change(before) : before;
      const isGoingBack = after.status === 'IN_PROGRESS' && current.shift?.takenBack !== undefined;
      return {
        ...after,
        ...shiftOf(current),
        updatedAt: now,
        ...(isGoingBack ? { status: 'ROLLBACK_REQUESTED' } : {}),
      };
    },
  };
  return [...changes.filter((change) => !isOwn(change)), shifted];
}

function shiftOf({ shift }: Pick<Deployment, 'shift'>): Pick<ServiceDeploymentRecord, 'shift'> {
  if (!shift) return {};
  const { configuration: _configuration, ...told } = shift;
  return { shift: told };
}

/** The current deployment came to an end of its own. */
function turned(
  current: ServiceOutlook['deployments'][number],
  { rollback }: ServiceOutlook,
  now: number,
): readonly HistoryChange[] {
  if (current.rolloutState === 'COMPLETED') return [move(current, now, { status: 'SUCCESSFUL' })];
  if (current.rolloutState !== 'FAILED') return [];
  const reason = current.failure ?? 'failed';
  if (!rollback) return [move(current, now, { status: 'STOPPED', statusReason: reason })];
  const target = rollback.id;
  const end: End = {
    status: 'ROLLBACK_IN_PROGRESS',
    statusReason: reason,
    rollback: { reason, startedAt: now, target },
  };
  return [move(current, now, end, true)];
}

/** A failed deployment's rollback is over when the last of its own tasks is gone. */
const rollbacksDone = (
  known: ServiceState['deployments'],
  outlook: ServiceOutlook,
  now: number,
): readonly HistoryChange[] =>
  known
    .filter(({ id, rolloutState }) => rolloutState === 'FAILED' && outlook.deployments.every((one) => one.id !== id))
    .map((deployment) => ({
      kind: 'move',
      deployment,
      change: (record) =>
        record.status === 'ROLLBACK_IN_PROGRESS'
          ? { ...record, status: 'ROLLBACK_SUCCESSFUL', updatedAt: now, finishedAt: now }
          : record,
    }));

const move = (deployment: DeploymentName, now: number, end: End, isUnderWay = false): HistoryChange => ({
  kind: 'move',
  deployment,
  change: (record) => ({ ...record, ...end, updatedAt: now, ...(isUnderWay ? {} : { finishedAt: now }) }),
});

/** A deployment that was asked for and that the worker has not looked at yet; nothing of it is stored. */
export const pendingRecord = (service: Service): ServiceDeploymentRecord => ({
  ...newRecord(service, [], service.deployment.createdAt),
  status: 'PENDING',
});

const newRecord = (
  service: Service,
  sources: readonly string[],
  now: number,
  begun: Pick<Deployment, 'shift'> = {},
): ServiceDeploymentRecord => ({
  cluster: service.cluster,
  service: service.name,
  spec: service.deployment,
  sources,
  status: 'IN_PROGRESS',
  startedAt: now,
  updatedAt: now,
  desiredCount: service.desiredCount,
  minimumHealthyPercent: service.minimumHealthyPercent,
  maximumPercent: service.maximumPercent,
  ...(service.circuitBreaker ? { circuitBreaker: service.circuitBreaker } : {}),
  ...(service.rollout ? { rollout: service.rollout } : {}),
  ...shiftOf(begun),
});
