import type { ClusterStatus, InstanceStatus, ServiceStatus, TaskStatus } from './read-status.ts';
import { printable, table } from './table.ts';

/** What `berth status` prints: one block for each cluster. */
export function renderStatus(clusters: readonly ClusterStatus[]): string {
  return clusters.length === 0 ? 'no clusters' : clusters.map(renderCluster).join('\n\n');
}

function renderCluster({ cluster, services, tasks, instances }: ClusterStatus): string {
  return [
    `cluster ${printable(cluster)}`,
    section('services', services, ['SERVICE', 'STATUS', 'DESIRED', 'RUNNING', 'PENDING', 'NEWEST EVENT'], serviceRow),
    section('tasks', tasks, ['TASK', 'GROUP', 'LAST', 'DESIRED', 'WHY'], taskRow),
    section(
      'machines',
      instances,
      ['INSTANCE', 'STATUS', 'CONNECTED', 'TASKS', 'CPU FREE', 'MEMORY FREE'],
      instanceRow,
    ),
  ].join('\n\n');
}

function section<T>(
  title: string,
  items: readonly T[],
  heads: readonly string[],
  row: (item: T) => readonly string[],
): string {
  return items.length === 0 ? `no ${title}` : table(heads, items.map(row));
}

const short = (id: string): string => id.slice(0, 8);

const serviceRow = (service: ServiceStatus): readonly string[] => [
  service.name,
  service.status,
  String(service.desired),
  String(service.running),
  String(service.pending),
  service.events[0] ?? '',
];

const taskRow = (task: TaskStatus): readonly string[] => [
  short(task.id),
  task.group,
  task.lastStatus,
  task.desiredStatus,
  task.reason,
];

const instanceRow = (instance: InstanceStatus): readonly string[] => [
  short(instance.id),
  instance.status,
  instance.connected ? 'yes' : 'no',
  String(instance.running),
  `${instance.cpu.free} of ${instance.cpu.total}`,
  `${instance.memory.free} of ${instance.memory.total} MiB`,
];
