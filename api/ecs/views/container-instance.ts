import type { ContainerInstanceHealthStatus, Resource, ContainerInstance as WireInstance } from '@aws-sdk/client-ecs';
import type { InstanceView } from '#control/instances/read-instances.ts';
import { containerInstanceArn } from '#core/model/arn.ts';
import type { HeldTask } from '#core/model/container-instance.ts';
import type { Resources } from '#core/model/resources.ts';
import type { Scope } from '#core/model/scope.ts';
import { freeResources } from '#core/placement/reserve.ts';
import { tagsIf } from '../tags.ts';

/** A container instance as ECS shows it; `ec2InstanceId` is absent, as for an external instance. */
export function instanceView(
  scope: Scope,
  view: InstanceView,
  included: { readonly tags: boolean; readonly health: boolean },
): WireInstance {
  const { registration, reservation, counts } = view;
  return {
    containerInstanceArn: containerInstanceArn(scope, registration.cluster, registration.instanceId),
    version: view.reservationVersion,
    versionInfo: { agentVersion: registration.agentVersion },
    status: reservation.status,
    agentConnected: view.connected,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    registeredResources: resources(reservation.total, []),
    remainingResources: resources(freeResources(reservation), reservation.tasks),
    attributes: Object.entries(reservation.attributes).map(([name, value]) =>
      value === '' ? { name } : { name, value },
    ),
    registeredAt: new Date(registration.registeredAt),
    ...(reservation.capacityProvider === undefined ? {} : { capacityProviderName: reservation.capacityProvider }),
    attachments: [],
    ...tagsIf(included.tags, registration.tags),
    ...(included.health ? { healthStatus: health(view) } : {}),
  };
}

/** What is known of a machine's health: whether its agent is heard from, and has listed what runs there. */
function health({ connected, lease, reservation, registration }: InstanceView): ContainerInstanceHealthStatus {
  const status = !connected ? 'IMPAIRED' : reservation.schedulable ? 'OK' : 'INITIALIZING';
  const since = connected ? (lease?.heldSince ?? registration.registeredAt) : lease?.expiresAt;
  const details = [
    {
      type: 'AGENT_CONNECTIVITY',
      status,
      ...(status === 'IMPAIRED' ? { statusReason: 'The agent is not heard from.' } : {}),
      ...(since === undefined ? {} : { lastStatusChange: new Date(since) }),
    } as const,
  ];
  return { overallStatus: status, details };
}

/** ECS's PORTS resources name the ports that are taken, not the ones that are free. */
const resources = ({ cpu, memory }: Resources, tasks: readonly HeldTask[]): Resource[] => [
  amount('CPU', cpu),
  amount('MEMORY', memory),
  ports('PORTS', 'tcp', tasks),
  ports('PORTS_UDP', 'udp', tasks),
];

const amount = (name: string, value: number): Resource => ({
  name,
  type: 'INTEGER',
  doubleValue: 0,
  longValue: 0,
  integerValue: value,
});

const ports = (name: string, protocol: 'tcp' | 'udp', tasks: readonly HeldTask[]): Resource => ({
  name,
  type: 'STRINGSET',
  doubleValue: 0,
  longValue: 0,
  integerValue: 0,
  stringSetValue: tasks
    .flatMap((task) => task.ports ?? [])
    .filter((taken) => taken.protocol === protocol)
    .map((taken) => String(taken.port)),
});
