import type { JsonObject } from '../../json.ts';
import type { Task } from '../../model/task.ts';
import type { ContainerDefinition, TaskDefinition } from '../../model/task-definition.ts';
import { capacityProvisioned } from '../../profile/pod-size.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { isLabelValue } from '../selector/label-selector.ts';
import { MIRROR_LABEL, mirrorNamespace } from './mirror-namespace.ts';

/**
 * A task of ECS as a pod that can be looked at, status apart. Environment variables are left out: whoever may list pods need not
 * be somebody who may describe task definitions.
 */
export function mirroredPod(task: Task, { document }: TaskDefinition, uid: string): KubeObject {
  const { cluster, taskId, assignment, launchType, group, slot } = task;
  const family = task.definition.family;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: taskId,
      namespace: mirrorNamespace(cluster),
      uid,
      resourceVersion: '0',
      creationTimestamp: timestamp(task.createdAt),
      labels: {
        [MIRROR_LABEL]: taskId,
        ...label('berth/ecs-family', family),
        ...(slot ? label('berth/ecs-service', slot.service) : {}),
      },
      annotations: {
        CapacityProvisioned: capacityProvisioned(task.resources),
        'berth/ecs-group': group,
        'berth/ecs-launch-type': launchType,
        'berth/ecs-task-definition': `${family}:${task.definition.revision}`,
      },
    },
    spec: {
      restartPolicy: 'Never',
      schedulerName: 'ecs',
      containers: document.containerDefinitions.map(containerOf),
      ...(assignment ? { nodeName: assignment.instanceId } : {}),
    },
    status: { phase: 'Pending', qosClass: 'Guaranteed' },
  };
}

const label = (key: string, value: string): Record<string, string> => (isLabelValue(value) ? { [key]: value } : {});

function containerOf({
  name,
  image,
  entryPoint,
  command,
  portMappings = [],
  cpu,
  memory,
}: ContainerDefinition): JsonObject {
  const ports = portMappings.flatMap(({ containerPort, protocol }) =>
    containerPort === undefined ? [] : [{ containerPort, protocol: protocol === 'udp' ? 'UDP' : 'TCP' }],
  );
  return {
    name,
    image,
    ...(entryPoint ? { command: entryPoint } : {}),
    ...(command ? { args: command } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    resources: {
      ...(cpu ? { requests: { cpu: `${Math.ceil((cpu * 1_000) / 1_024)}m` } } : {}),
      ...(memory ? { limits: { memory: `${memory}Mi` } } : {}),
    },
  };
}
