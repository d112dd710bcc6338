import { ExecuteCommand$, type ExecuteCommandRequest, type ExecuteCommandResponse } from '@aws-sdk/client-ecs';
import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { TaskView } from '#control/intents.ts';
import { loadDefinition } from '#control/task-definitions/load-definition.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { Fault } from '#core/fault.ts';
import { clusterName, taskId } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { lastStatus } from '../views/task-status.ts';

/**
 * Says what is wrong with the request, as ECS does, and otherwise that nobody is there to carry it out: agents have no
 * channel for commands yet, and a session that leads nowhere would only hide it.
 */
export const executeCommandOperation = operation<ExecuteCommandRequest, ExecuteCommandResponse>(
  ExecuteCommand$,
  async ({ deps }, input) => {
    if (!input.interactive) throw invalid('Interactive is the only mode supported currently.');
    if (!input.command) throw invalid('Command can not be blank.');
    const cluster = clusterName(deps.scope, input.cluster);
    const id = taskId(deps.scope, cluster, input.task);
    await requireCluster(deps, cluster);
    const [view] = await describeTasks(deps, cluster, [id]);
    if (!view) throw invalid('The referenced task was not found.');
    const { document } = await loadDefinition(deps, view.task.definition);
    requireContainer(
      document.containerDefinitions.map(({ name }) => name),
      input.container,
    );
    requireExecutable(view);
    throw new Fault(
      'TargetNotConnected',
      'The execute command failed: no execute command agent is connected, because agents of Berth can not run commands in tasks yet.',
    );
  },
);

function requireContainer(names: readonly string[], asked: string | undefined): void {
  if (asked === undefined && names.length > 1) {
    throw invalid(`The task has several containers (${names.join(', ')}): specify the container's name.`);
  }
  if (asked !== undefined && !names.includes(asked)) {
    throw invalid(`The task has no container '${asked.slice(0, 255)}'; it has: ${names.join(', ')}.`);
  }
}

function requireExecutable(view: TaskView): void {
  const status = lastStatus(view);
  if (status !== 'RUNNING') throw invalid(`The execute command failed because the task is ${status} and not RUNNING.`);
  if (view.task.enableExecuteCommand) return;
  throw invalid(
    'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
  );
}

const invalid = (message: string): Fault => new Fault('InvalidParameter', message);
