import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { openSession } from '#control/sessions/open-session.ts';
import { takeOutput } from '#control/sessions/take-output.ts';
import { loadDefinition } from '#control/task-definitions/load-definition.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { Fault } from '#core/fault.ts';
import { clusterName, taskId } from '../identifiers.ts';
import type { Operation } from '../operation.ts';
import type { Shape } from '../schema/shape.ts';
import { containerOf } from './execute-command.ts';

interface LogsRequest {
  /** Absent: a new reading of the task that is named. */
  readonly session?: string;
  /** Number of the next piece wanted; everything before it is forgotten. */
  readonly next?: number;
  readonly cluster?: string;
  readonly task?: string;
  readonly container?: string;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly previous?: boolean;
  readonly tail?: number;
  /** Seconds ago. */
  readonly since?: number;
}

const text = (): Shape => ({ kind: 'string' });
const number = (): Shape => ({ kind: 'number' });
const flag = (): Shape => ({ kind: 'boolean' });
const INPUT: Shape = {
  kind: 'structure',
  name: 'LogsRequest',
  members: new Map<string, () => Shape>([
    ['session', text],
    ['next', number],
    ['cluster', text],
    ['task', text],
    ['container', text],
    ['follow', flag],
    ['timestamps', flag],
    ['previous', flag],
    ['tail', number],
    ['since', number],
  ]),
  required: new Set(),
};

const MAX_NUMBER = 1_000_000_000;

/**
 * `X-Amz-Target: Berth.Logs`, an operation ECS does not have: what a container of a task wrote. The first call answers a
 * session; with it, and the number of the next piece, the caller asks for more until the answer says that this is all.
 */
export const logsOperation: Operation = {
  input: INPUT,
  output: { kind: 'document' },
  run: async ({ deps, principalArn }, input) => {
    const request = input as LogsRequest;
    for (const name of ['next', 'tail', 'since'] as const) requireCount(name, request[name]);
    if (request.session === undefined)
      return { session: await begin(deps, principalArn, request), next: 0, pieces: [] };
    const { session: sessionId, next = 0 } = request;
    if (!/^[0-9a-z-]{1,80}$/.test(sessionId)) throw invalid('session: not a session of this operation.');
    const { pieces, end } = await takeOutput(deps, { sessionId, caller: principalArn }, next);
    return {
      session: sessionId,
      next: next + pieces.length,
      pieces: pieces.map(({ stream, data }) => ({ stream, data })),
      ...(end && { end: { ...(end.reason !== undefined && { reason: end.reason }) } }),
    };
  },
};

async function begin(deps: Dependencies, caller: string, request: LogsRequest): Promise<string> {
  const cluster = clusterName(deps.scope, request.cluster);
  const id = taskId(deps.scope, cluster, request.task);
  await requireCluster(deps, cluster);
  const [view] = await describeTasks(deps, cluster, [id]);
  if (!view) throw invalid('The referenced task was not found.');
  const { document } = await loadDefinition(deps, view.task.definition);
  const container = containerOf(
    document.containerDefinitions.map(({ name }) => name),
    request.container,
  );
  const { follow = false, timestamps = false, previous = false, tail, since } = request;
  const { sessionId } = await openSession(deps, {
    view,
    container,
    order: {
      kind: 'logs',
      follow,
      timestamps,
      previous,
      ...(tail !== undefined && { tail }),
      ...(since !== undefined && { since: deps.clock.now() - since * 1_000 }),
    },
    caller,
    prefix: 'logs-',
  });
  return sessionId;
}

function requireCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= MAX_NUMBER)) return;
  throw invalid(`${name}: must be a whole number from 0 to ${MAX_NUMBER}.`);
}

const invalid = (message: string): Fault => new Fault('InvalidParameter', message);
