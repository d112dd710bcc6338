import { describe, expect, it } from 'vitest';
import { tableOf } from '#api/kube/table.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { RESOURCES, resourceNamed } from '#core/kube/resources.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const MINUTES_AGO = '2026-01-01T00:55:00Z';

type Row = Readonly<Record<string, unknown>>;

/** A row of the table of one object, by the names of its columns. */
function row(resource: string, object: object): Row {
  const metadata = {
    name: 'web',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: MINUTES_AGO,
  };
  const whole = { ...object, metadata: { ...metadata, ...(object as { metadata?: object }).metadata } };
  const table = tableOf(resourceNamed(resource), [whole as unknown as KubeObject], {}, { now: NOW, include: 'None' });
  const { columnDefinitions, rows } = table as {
    columnDefinitions: { name: string; type: string }[];
    rows: { cells: unknown[] }[];
  };
  return Object.fromEntries(columnDefinitions.map(({ name }, index) => [name, rows[0]?.cells[index]]));
}

const names = (resource: string) => Object.keys(row(resource, {}));

const waiting = (reason: string) => ({ state: { waiting: { reason } } });
const ended = (exitCode: number, reason?: string) => ({ state: { terminated: { exitCode, reason } } });
const RUNS = { ready: true, started: true, state: { running: { startedAt: MINUTES_AGO } } };
const READY = { conditions: [{ type: 'Ready', status: 'True' }] };

describe('columns', () => {
  it.each([
    ['pods', 'Name Ready Status Restarts Age IP Node|Nominated Node|Readiness Gates'],
    ['deployments.apps', 'Name Ready Up-to-date Available Age Containers Images Selector'],
    ['replicasets.apps', 'Name Desired Current Ready Age Containers Images Selector'],
    ['jobs.batch', 'Name Status Completions Duration Age Containers Images Selector'],
    ['nodes', 'Name Status Roles Age Version Internal-IP External-IP OS-Image Kernel-Version Container-Runtime'],
    ['services', 'Name Type Cluster-IP External-IP Port(s) Age Selector'],
    ['events', 'Last Seen|Type|Reason|Object|Subobject|Source|Message|First Seen|Count|Name'],
    ['endpointslices.discovery.k8s.io', 'Name AddressType Ports Endpoints Age'],
    ['leases.coordination.k8s.io', 'Name Holder Age'],
    ['poddisruptionbudgets.policy', 'Name|Min Available|Max Unavailable|Allowed Disruptions|Age'],
    ['priorityclasses.scheduling.k8s.io', 'Name Value Global-Default Age PreemptionPolicy'],
  ])('of %s, are those kubectl users know', (resource, expected) => {
    const first = expected.split('|');
    expect(names(resource)).toEqual(
      first.length > 1 && !expected.startsWith('Name ')
        ? first
        : first.flatMap((part, at) => (at === 0 ? part.split(' ') : [part])),
    );
  });

  it.each(RESOURCES.map(({ plural, group }) => [group === '' ? plural : `${plural}.${group}`]))(
    'of %s, bear an object without any content',
    (resource) => {
      const cells = Object.values(row(resource, {}));
      expect(cells.every((cell) => ['string', 'number', 'boolean'].includes(typeof cell))).toBe(true);
    },
  );

  const spec = { containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }, { name: 'j' }] };
  it.each([
    ['one nobody has seen', {}, ['0/2', 'Pending']],
    [
      'its first init container runs',
      { initContainerStatuses: [{ name: 'i', state: { running: {} } }] },
      ['0/2', 'Init:0/2'],
    ],
    [
      'the second waits for the first',
      {
        initContainerStatuses: [
          { name: 'i', ...ended(0) },
          { name: 'j', ...waiting('PodInitializing') },
        ],
      },
      ['0/2', 'Init:1/2'],
    ],
    ['an init container fails', { initContainerStatuses: [{ name: 'i', ...ended(3) }] }, ['0/2', 'Init:ExitCode:3']],
    [
      'an init container fails again and again',
      { initContainerStatuses: [{ name: 'i', ...waiting('CrashLoopBackOff') }] },
      ['0/2', 'Init:CrashLoopBackOff'],
    ],
    ['all run', { phase: 'Running', containerStatuses: [RUNS, RUNS], ...READY }, ['2/2', 'Running']],
    [
      'one crashes',
      { phase: 'Running', containerStatuses: [RUNS, waiting('CrashLoopBackOff')] },
      ['1/2', 'CrashLoopBackOff'],
    ],
    ['an image is missing', { containerStatuses: [waiting('ErrImagePull'), RUNS] }, ['1/2', 'ErrImagePull']],
    [
      'one has done its work',
      { phase: 'Running', containerStatuses: [ended(0, 'Completed'), RUNS], ...READY },
      ['1/2', 'Running'],
    ],
    [
      'both have',
      { phase: 'Succeeded', containerStatuses: [ended(0, 'Completed'), ended(0, 'Completed')] },
      ['0/2', 'Completed'],
    ],
    [
      'one was killed',
      { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] },
      ['0/2', 'Signal:9'],
    ],
    ['the node says why', { phase: 'Failed', reason: 'Evicted' }, ['0/2', 'Evicted']],
  ])('of a pod, %s, say so', (_what, status, expected) => {
    const shown = row('pods', { spec, status });
    expect([shown['Ready'], shown['Status']]).toEqual(expected);
  });

  it('of a deleted pod, say that it goes, unless it has ended', () => {
    const metadata = { deletionTimestamp: MINUTES_AGO };
    expect(row('pods', { metadata, status: { phase: 'Running' } })['Status']).toBe('Terminating');
    expect(row('pods', { metadata, status: { phase: 'Failed' } })['Status']).toBe('Failed');
  });

  it('of a pod that was restarted, say how often and when last', () => {
    const lastState = { terminated: { finishedAt: MINUTES_AGO } };
    const status = { phase: 'Running', containerStatuses: [{ ...RUNS, restartCount: 3, lastState }] };
    expect(row('pods', { spec: { containers: [{}] }, status })['Restarts']).toBe('3 (5m ago)');
  });

  it('of a pod with a sidecar, count it', () => {
    const beside = { containers: [{ name: 'a' }], initContainers: [{ name: 'i', restartPolicy: 'Always' }] };
    const status = { phase: 'Running', initContainerStatuses: [{ name: 'i', ...RUNS }], containerStatuses: [RUNS] };
    expect(row('pods', { spec: beside, status })).toMatchObject({ Ready: '2/2', Status: 'Running' });
  });

  it('of workloads, say how far they are', () => {
    const template = { spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'In', values: ['a'] }],
    };
    const status = { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1, replicas: 2 };
    expect(row('deployments.apps', { spec: { replicas: 3, template, selector }, status })).toMatchObject({
      Ready: '1/3',
      'Up-to-date': 2,
      Available: 1,
      Containers: 'c',
      Images: 'nginx',
      Selector: 'app=web,tier in (a)',
    });
    const job = { spec: { completions: 3 }, status: { succeeded: 1, startTime: '2026-01-01T00:58:00Z' } };
    expect(row('jobs.batch', job)).toMatchObject({ Status: 'Running', Completions: '1/3', Duration: '2m' });
  });

  it('of nodes and services, say what they are', () => {
    const node = {
      metadata: { labels: { 'node-role.kubernetes.io/worker': '' } },
      spec: { unschedulable: true },
      status: {
        ...READY,
        nodeInfo: { kubeletVersion: 'v1.33.0' },
        addresses: [{ type: 'InternalIP', address: '10.0.0.7' }],
      },
    };
    expect(row('nodes', node)).toMatchObject({
      Status: 'Ready,SchedulingDisabled',
      Roles: 'worker',
      Version: 'v1.33.0',
      'Internal-IP': '10.0.0.7',
      'External-IP': '<none>',
    });
    const ports = [{ port: 80, nodePort: 30_080, protocol: 'TCP' }];
    const service = { spec: { type: 'LoadBalancer', clusterIP: '10.96.1.1', ports } };
    expect(row('services', service)).toMatchObject({ 'External-IP': '<pending>', 'Port(s)': '80:30080/TCP' });
  });

  it('of events, say what happened to what and when', () => {
    const event = {
      involvedObject: { kind: 'Pod', name: 'web-1' },
      type: 'Warning',
      reason: 'BackOff',
      message: 'again\n',
      firstTimestamp: '2026-01-01T00:30:00Z',
      lastTimestamp: MINUTES_AGO,
      count: 4,
    };
    expect(row('events', event)).toMatchObject({
      'Last Seen': '5m',
      Object: 'pod/web-1',
      Message: 'again',
      'First Seen': '30m',
      Count: '4',
    });
  });
});
