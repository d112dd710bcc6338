import { requireCluster } from '#control/clusters/require-cluster.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { explainPod } from '#control/kube/pod/explain-pod.ts';
import { explainTask, type TaskExplanation } from '#control/placement/explain-task.ts';
import { type BackingOff, explainService } from '#control/services/explain-service.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import { containerInstanceArn, taskArn } from '#core/model/arn.ts';
import type { PlacementExplanation } from '#core/placement/explain.ts';
import { clusterName, serviceName, taskId } from '../identifiers.ts';
import type { Operation } from '../operation.ts';
import type { Shape } from '../schema/shape.ts';
import { rejectionViews } from '../views/rejection.ts';

interface ExplainRequest {
  readonly cluster?: string;
  readonly task?: string;
  readonly service?: string;
  readonly pod?: string;
  /** Of the pod; `default` unless given. */
  readonly namespace?: string;
}

const text = (): Shape => ({ kind: 'string' });
const INPUT: Shape = {
  kind: 'structure',
  name: 'ExplainRequest',
  members: new Map([
    ['cluster', text],
    ['task', text],
    ['service', text],
    ['pod', text],
    ['namespace', text],
  ]),
  required: new Set(),
};

/**
 * `X-Amz-Target: Berth.Explain`, an operation ECS does not have: why a task, a service's tasks or a pod do not run.
 * Signed and answered like every other; the answer is a document, in names of this face.
 */
export const explainOperation: Operation = {
  input: INPUT,
  output: { kind: 'document' },
  run: async ({ deps }, input) => {
    const request = input as ExplainRequest;
    const cluster = clusterName(deps.scope, request.cluster);
    const { task, service, pod, namespace = 'default' } = request;
    if ([task, service, pod].filter((named) => named !== undefined).length !== 1) {
      throw new Fault('InvalidParameter', 'Give either a task, a service or a pod to explain.');
    }
    await requireCluster(deps, cluster);
    if (pod !== undefined) return onePod(deps, { cluster, namespace, name: pod });
    if (request.service === undefined) return oneTask(deps, cluster, request.task);
    const name = serviceName(deps.scope, cluster, request.service);
    const explained = await explainService(deps, cluster, name);
    return {
      ...explained,
      tasks: explained.tasks.map((one) => taskView(deps, cluster, one)),
      backingOff: explained.backingOff.map((one) => backOffView(deps, cluster, one)),
    };
  },
};

async function oneTask(deps: Dependencies, cluster: string, reference: string | undefined): Promise<object> {
  const id = taskId(deps.scope, cluster, reference);
  const [view] = await describeTasks(deps, cluster, [id]);
  if (!view) throw new Fault('InvalidParameter', 'The referenced task was not found.');
  return taskView(deps, cluster, await explainTask(deps, view));
}

async function onePod(deps: Dependencies, id: Parameters<typeof explainPod>[1]): Promise<object> {
  const explained = await explainPod(deps, id);
  return { ...explained, ...(explained.task ? { task: taskView(deps, id.cluster, explained.task) } : {}) };
}

/** Ids become ARNs and instants ISO 8601, as everywhere on this face. */
function taskView(deps: Dependencies, cluster: string, explained: TaskExplanation): object {
  const instance = (instanceId: string): string => containerInstanceArn(deps.scope, cluster, instanceId);
  const head = { taskArn: taskArn(deps.scope, cluster, explained.taskId), state: explained.state };
  switch (explained.state) {
    case 'waiting':
      return { ...head, placement: placementView(deps, cluster, explained.placement) };
    case 'running':
      return { ...head, containerInstanceArn: instance(explained.instanceId) };
    case 'starting':
      return {
        ...head,
        containerInstanceArn: instance(explained.instanceId),
        isConnected: explained.isConnected,
      };
    case 'stopping':
    case 'stopped': {
      const { stop } = explained;
      return { ...head, ...(stop ? { stop: { ...stop, at: new Date(stop.at).toISOString() } } : {}) };
    }
    default:
      return assertNever(explained);
  }
}

const placementView = (deps: Dependencies, cluster: string, placement: PlacementExplanation): object => ({
  ...placement,
  fits: placement.fits.map((instanceId) => containerInstanceArn(deps.scope, cluster, instanceId)),
  rejections: rejectionViews(deps.scope, cluster, placement.rejections),
});

const backOffView = (deps: Dependencies, cluster: string, { lastTask, until, ...rest }: BackingOff): object => ({
  ...rest,
  until: new Date(until).toISOString(),
  lastTaskArn: taskArn(deps.scope, cluster, lastTask),
});
