import type { ManagedAgent, Container as WireContainer } from '@aws-sdk/client-ecs';
import type { Dependencies } from '#control/dependencies.ts';
import type { TaskView } from '#control/intents.ts';
import { containerArn, taskArn } from '#core/model/arn.ts';
import type { ContainerObservation } from '#core/model/task.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { lastStatus, waitingReason } from './task-status.ts';

/** One container of a task: what the definition says, what the agent saw. */
export function containerView(
  { scope, ids }: Pick<Dependencies, 'scope' | 'ids'>,
  view: TaskView,
  definition: ContainerDefinition,
): WireContainer {
  const { cluster, taskId } = view.task;
  const seen = view.observation?.containers.find(({ name }) => name === definition.name);
  return {
    containerArn: containerArnOf({ scope, ids }, cluster, taskId, definition.name),
    taskArn: taskArn(scope, cluster, taskId),
    name: definition.name,
    image: definition.image,
    imageDigest: seen?.imageDigest,
    runtimeId: seen?.runtimeId,
    lastStatus: seen?.status ?? unseenStatus(view),
    exitCode: seen?.exitCode,
    reason: seen?.reason ?? waitingReason(view),
    networkBindings: networkBindings(seen),
    networkInterfaces: [],
    healthStatus: seen?.healthStatus ?? 'UNKNOWN',
    cpu: String(definition.cpu ?? 0),
    memory: text(definition.memory),
    memoryReservation: text(definition.memoryReservation),
    ...(view.task.enableExecuteCommand && { managedAgents: [executeCommandAgent(view, seen)] }),
  };
}

/** What carries commands out in the container: the machine's own agent, whenever the container runs. */
function executeCommandAgent({ observation }: TaskView, seen: ContainerObservation | undefined): ManagedAgent {
  const lastStatus = seen?.status ?? 'PENDING';
  const startedAt = lastStatus === 'RUNNING' ? observation?.startedAt : undefined;
  return {
    name: 'ExecuteCommandAgent',
    lastStatus,
    ...(startedAt !== undefined && { lastStartedAt: new Date(startedAt) }),
  };
}

export const containerArnOf = (
  { scope, ids }: Pick<Dependencies, 'scope' | 'ids'>,
  cluster: string,
  taskId: string,
  name: string,
): string => containerArn(scope, cluster, taskId, uuid(ids.derive('container', taskId, name)));

const unseenStatus = (view: TaskView): string => (lastStatus(view) === 'STOPPED' ? 'STOPPED' : 'PENDING');

const networkBindings = (seen: ContainerObservation | undefined): NonNullable<WireContainer['networkBindings']> =>
  (seen?.networkBindings ?? []).map((binding) => ({ ...binding }));

const text = (amount: number | undefined): string | undefined => (amount === undefined ? undefined : String(amount));

/** Container ids are UUIDs; 32 derived hex digits become one that never changes. */
const uuid = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
