import type { ServiceDeploymentRecord } from '../model/service.ts';
import type { HistoryEntry } from './history-entry.ts';

/** How each deployment began and, when it has, how it ended. */
export const deploymentHistory = (records: readonly ServiceDeploymentRecord[]): readonly HistoryEntry[] =>
  records.flatMap((record) => [begun(record, records), ...ended(record)]);

type Why = Pick<HistoryEntry, 'cause' | 'because'>;

function begun(record: ServiceDeploymentRecord, all: readonly ServiceDeploymentRecord[]): HistoryEntry {
  const { spec, sources } = record;
  // What is made for a rollback may have a number of its own, so the deployment it is made for is found by time.
  const failed =
    all.find(({ rollback }) => rollback?.target === spec.id) ??
    (spec.isRollback ? failedBefore(record, all) : undefined);
  const revision = `${spec.definition.family}:${spec.definition.revision}`;
  const why: Why = failed?.rollback
    ? {
        cause: 'rollback',
        because: `back to ${revision}, because ${failed.spec.id} failed: ${failed.rollback.reason}`,
      }
    : sources.length === 0
      ? { cause: 'creation', because: `the service was created with ${revision}` }
      : { cause: 'update', because: `the service was updated to ${revision}` };
  // When it was asked for: the worker notes its start a moment after the first tasks it makes.
  return { at: spec.createdAt, kind: 'deployment-started', deployment: spec.id, ...why };
}

const failedBefore = (record: ServiceDeploymentRecord, all: readonly ServiceDeploymentRecord[]) =>
  all
    .filter(({ rollback }) => rollback !== undefined && rollback.startedAt <= record.startedAt)
    .sort((a, b) => (b.rollback?.startedAt ?? 0) - (a.rollback?.startedAt ?? 0))[0];

function ended({ spec, status, statusReason, rollback, finishedAt }: ServiceDeploymentRecord): readonly HistoryEntry[] {
  const head = { kind: 'deployment-ended', deployment: spec.id } as const;
  if (rollback) {
    const { reason, startedAt } = rollback;
    return [{ ...head, at: startedAt, cause: isUsers(reason) ? 'user' : 'crash', because: `failed: ${reason}` }];
  }
  if (finishedAt === undefined) return [];
  if (status === 'SUCCESSFUL') return [{ ...head, at: finishedAt, cause: 'deployment', because: 'completed' }];
  const because = statusReason ?? status;
  const cause = because.startsWith('Superseded') ? 'superseded' : isUsers(because) ? 'user' : 'crash';
  return [{ ...head, at: finishedAt, cause, because }];
}

/** What StopServiceDeployment leaves as the reason. */
const isUsers = (reason: string): boolean => reason.includes('by a user');
