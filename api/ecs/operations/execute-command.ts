import {
  ExecuteCommand$,
  type ExecuteCommandRequest,
  type ExecuteCommandResponse,
  type Session,
} from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { TaskView } from '#control/intents.ts';
import { openSession } from '#control/sessions/open-session.ts';
import { loadDefinition } from '#control/task-definitions/load-definition.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { Fault } from '#core/fault.ts';
import { clusterArn, taskArn } from '#core/model/arn.ts';
import type { SessionGrant } from '#core/model/session.ts';
import { splitCommand } from '#core/session/split-command.ts';
import { issueTicket } from '../../session/tickets.ts';
import { clusterName, taskId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { containerArnOf } from '../views/container.ts';
import { lastStatus } from '../views/task-status.ts';

/**
 * Grants a session with a command in a container of a running task, and says where its client connects. The words of the
 * refusals are ECS's. Source: the ECS API reference and amazon-ecs-exec-checker.
 */
export const executeCommandOperation = operation<ExecuteCommandRequest, ExecuteCommandResponse>(
  ExecuteCommand$,
  async ({ deps, principalArn, pageTokenKey }, input) => {
    if (!input.interactive) throw invalid('Interactive is the only mode supported currently.');
    if (!input.command) throw invalid('Command can not be blank.');
    const command = splitCommand(input.command);
    if (!command?.[0]) throw invalid('Command can not be parsed: a quote is not closed, or there is nothing in it.');
    const cluster = clusterName(deps.scope, input.cluster);
    const id = taskId(deps.scope, cluster, input.task);
    await requireCluster(deps, cluster);
    const [view] = await describeTasks(deps, cluster, [id]);
    if (!view) throw invalid('The referenced task was not found.');
    const { document } = await loadDefinition(deps, view.task.definition);
    const container = containerOf(
      document.containerDefinitions.map(({ name }) => name),
      input.container,
    );
    requireExecutable(view, container);
    const { sockets } = deps;
    if (!sockets)
      throw new Fault('TargetNotConnected', 'The execute command failed: nothing holds sockets of clients here.');
    const order = { kind: 'exec', command, terminal: true } as const;
    const grant = await openSession(deps, {
      view,
      container,
      order,
      caller: principalArn,
      prefix: 'ecs-execute-command-',
    });
    return {
      clusterArn: clusterArn(deps.scope, cluster),
      containerArn: containerArnOf(deps, cluster, id, container),
      containerName: container,
      interactive: true,
      session: await sessionOf(grant, sockets.url, await pageTokenKey()),
      taskArn: taskArn(deps.scope, cluster, id),
    };
  },
);

async function sessionOf({ sessionId, createdAt }: SessionGrant, url: string, secret: string): Promise<Session> {
  const ticket = await issueTicket(secret, sessionId, 'url', createdAt);
  const tokenValue = await issueTicket(secret, sessionId, 'token', createdAt);
  return { sessionId, streamUrl: `${url}?ticket=${ticket}`, tokenValue };
}

/** The container that is meant; a task with several needs a name. Faults: InvalidParameter. */
export function containerOf(names: readonly string[], asked: string | undefined): string {
  const [only, ...others] = names;
  if (asked === undefined) {
    if (only !== undefined && others.length === 0) return only;
    throw invalid(`The task has several containers (${names.join(', ')}): specify the container's name.`);
  }
  if (names.includes(asked)) return asked;
  throw invalid(`The task has no container '${asked.slice(0, 255)}'; it has: ${names.join(', ')}.`);
}

function requireExecutable(view: TaskView, container: string): void {
  const status = lastStatus(view);
  if (status !== 'RUNNING') throw invalid(`The execute command failed because the task is ${status} and not RUNNING.`);
  const seen = view.observation?.containers.find(({ name }) => name === container)?.status ?? status;
  if (seen !== 'RUNNING') throw invalid(`The execute command failed because the container is ${seen} and not RUNNING.`);
  if (view.task.enableExecuteCommand) return;
  throw invalid(
    'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
  );
}

const invalid = (message: string): Fault => new Fault('InvalidParameter', message);
