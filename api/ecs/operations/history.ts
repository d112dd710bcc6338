import { requireCluster } from '#control/clusters/require-cluster.ts';
import { readServiceHistory, readTaskHistory } from '#control/history/read-history.ts';
import { Fault } from '#core/fault.ts';
import type { HistoryEntry } from '#core/history/history-entry.ts';
import { containerInstanceArn, taskArn } from '#core/model/arn.ts';
import type { Scope } from '#core/model/scope.ts';
import { clusterName, serviceName, taskId } from '../identifiers.ts';
import type { Operation } from '../operation.ts';
import type { Shape } from '../schema/shape.ts';

interface HistoryRequest {
  readonly cluster?: string;
  readonly service?: string;
  readonly task?: string;
  readonly maxResults?: number;
}

const text = (): Shape => ({ kind: 'string' });
const INPUT: Shape = {
  kind: 'structure',
  name: 'HistoryRequest',
  members: new Map([
    ['cluster', text],
    ['service', text],
    ['task', text],
    ['maxResults', (): Shape => ({ kind: 'number' })],
  ]),
  required: new Set(),
};

const DEFAULT_RESULTS = 200;
const MAX_RESULTS = 1_000;

/**
 * `X-Amz-Target: Berth.History`, an operation ECS does not have: what started and stopped each task of a service, or one
 * task, and why, oldest first. `maxResults` keeps the newest.
 */
export const historyOperation: Operation = {
  input: INPUT,
  output: { kind: 'document' },
  run: async ({ deps }, input) => {
    const { maxResults = DEFAULT_RESULTS, ...request } = input as HistoryRequest;
    const cluster = clusterName(deps.scope, request.cluster);
    if ((request.task === undefined) === (request.service === undefined)) {
      throw new Fault('InvalidParameter', 'Give either a task or a service whose history to tell.');
    }
    if (maxResults < 1 || maxResults > MAX_RESULTS) {
      throw new Fault('InvalidParameter', `maxResults must be from 1 to ${MAX_RESULTS}, got ${maxResults}.`);
    }
    await requireCluster(deps, cluster);
    const entries =
      request.service === undefined
        ? await readTaskHistory(deps, { cluster, taskId: taskId(deps.scope, cluster, request.task) })
        : await readServiceHistory(deps, { cluster, service: serviceName(deps.scope, cluster, request.service) });
    return {
      entries: entries.slice(-maxResults).map((entry) => entryView(deps.scope, cluster, entry)),
      isWhole: entries.length <= maxResults,
    };
  },
};

/** Ids become ARNs and instants ISO 8601, as everywhere on this face. */
const entryView = (
  scope: Scope,
  cluster: string,
  { at, task, instanceId, replaces, ...entry }: HistoryEntry,
): object => ({
  at: new Date(at).toISOString(),
  ...entry,
  ...(task === undefined ? {} : { taskArn: taskArn(scope, cluster, task) }),
  ...(instanceId === undefined ? {} : { containerInstanceArn: containerInstanceArn(scope, cluster, instanceId) }),
  ...(replaces === undefined ? {} : { replacesTaskArn: taskArn(scope, cluster, replaces) }),
});
