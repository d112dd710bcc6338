import { describe, expect, it } from 'vitest';
import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import type { Task } from '#core/model/task.ts';
import { type Candidate, place } from '#core/placement/place.ts';
import { candidate, held, task } from './builders.ts';

const first = (): number => 0;
const homes = (demands: readonly Task[], fleet: readonly Candidate[]): readonly (string | undefined)[] =>
  place(demands, fleet, first).map((decision) => (decision.kind === 'placed' ? decision.instanceId : undefined));
const reasons = (demand: Task, ...fleet: readonly Candidate[]): unknown => {
  const [decision] = place([demand], fleet, first);
  return decision?.kind === 'unplaced' ? decision.why : decision;
};

describe('place, machines that cannot take the task', () => {
  it('an empty cluster: nothing is considered', () => {
    expect(reasons(task('t'))).toEqual({ considered: 0, rejected: {} });
  });

  it.each([
    ['AGENT', candidate('a', {}, false)],
    ['AGENT', candidate('a', { schedulable: false })],
    ['DRAINING', candidate('a', { status: 'DRAINING' })],
    ['INACTIVE', candidate('a', { status: 'INACTIVE' })],
    ['RESOURCE:CPU', candidate('a', { total: { cpu: 255, memory: 2048 } })],
    ['RESOURCE:MEMORY', candidate('a', { total: { cpu: 1024, memory: 511 } })],
    ['RESOURCE:CPU', candidate('a', { tasks: [held('x', { cpu: 1024 })] })],
    ['RESOURCE:PORTS', candidate('a', { tasks: [held('x', { ports: [{ port: 80, protocol: 'tcp' }] })] })],
    [
      'RESOURCE:TASKS',
      candidate('a', {
        tasks: Array.from({ length: MAX_TASKS_PER_INSTANCE }, (_, at) => held(`x${at}`, { cpu: 0, memory: 0 })),
      }),
    ],
  ])('%s: the task stays unplaced and says so', (reason, machine) => {
    const demand = task('t', { hostPorts: [{ port: 80, protocol: 'tcp' }] });
    expect(reasons(demand, machine)).toEqual({ considered: 1, rejected: { [reason]: 1 } });
  });

  it('a task that asks for GPUs: no machine has one, and it is told so', () => {
    expect(reasons(task('t', { gpus: 1 }), candidate('a'))).toEqual({ considered: 1, rejected: { 'RESOURCE:GPU': 1 } });
  });

  it('several machines: each reason is counted', () => {
    const fleet = [candidate('a', {}, false), candidate('b', {}, false), candidate('c', { status: 'DRAINING' })];
    expect(reasons(task('t'), ...fleet)).toEqual({ considered: 3, rejected: { AGENT: 2, DRAINING: 1 } });
  });

  it('the same port of the other protocol: the task is placed', () => {
    const busy = candidate('a', { tasks: [held('x', { ports: [{ port: 53, protocol: 'tcp' }] })] });
    expect(homes([task('t', { hostPorts: [{ port: 53, protocol: 'udp' }] })], [busy])).toEqual(['a']);
  });

  it('a port taken by an earlier decision of the same call: the second task goes elsewhere', () => {
    const port = { hostPorts: [{ port: 80, protocol: 'tcp' as const }] };
    const where = homes([task('t', port), task('u', port), task('v', port)], [candidate('a'), candidate('b')]);
    expect(where).toEqual(['a', 'b', undefined]);
  });
});

const memberOf = (...expressions: readonly string[]) => ({
  placementConstraints: expressions.map((expression) => ({ type: 'memberOf' as const, expression })),
});

describe('place, memberOf', () => {
  const disks = [candidate('a', { attributes: { disk: 'ssd' } }), candidate('b', { attributes: { disk: 'hdd' } })];

  it('an attribute: only machines that have it take the task', () => {
    expect(homes([task('t', memberOf('attribute:disk == hdd'))], disks)).toEqual(['b']);
  });

  it('no machine has it: ATTRIBUTE is counted for each, and lack of room comes first', () => {
    const small = candidate('c', { total: { cpu: 1, memory: 2048 } });
    expect(reasons(task('t', memberOf('attribute:disk == tape')), ...disks, small)).toEqual({
      considered: 3,
      rejected: { ATTRIBUTE: 2, 'RESOURCE:CPU': 1 },
    });
  });

  it('several expressions: all of them bind', () => {
    const demand = task('t', memberOf('attribute:disk exists', 'attribute:disk != ssd'));
    expect(homes([demand], disks)).toEqual(['b']);
  });

  it('affinity to a group: the machine counts from the moment this call puts a task of the group there', () => {
    const near = (id: string) => task(id, { ...memberOf('task:group == service:db'), group: 'family:web' });
    const db = task('d', { ...memberOf('attribute:disk == ssd'), group: 'service:db' });
    expect(homes([near('t'), db, near('u')], disks)).toEqual([undefined, 'a', 'a']);
  });

  it('affinity to a group that is on its way out: it does not count', () => {
    const leaving = candidate('a', { tasks: [held('x', { group: 'service:db', stop: true })] });
    expect(homes([task('t', memberOf('task:group == service:db'))], [leaving])).toEqual([undefined]);
  });

  it('a bound on the tasks of a machine: tasks of the same call fill it', () => {
    const one = (id: string) => task(id, memberOf('runningTasksCount < 1'));
    expect(homes([one('t'), one('u'), one('v')], disks)).toEqual(['a', 'b', undefined]);
  });

  it('the facts of the registration: they are asked of the reservation', () => {
    const old = candidate('a', { agentVersion: '1.0.0', registeredAt: 0, machineId: 'm-1' });
    const both = [
      old,
      candidate('b', { agentVersion: '1.10.0', registeredAt: Date.UTC(2026, 0, 1), machineId: 'm-2' }),
    ];
    expect(homes([task('t', memberOf('agentVersion >= 1.9'))], both)).toEqual(['b']);
    expect(homes([task('t', memberOf('registeredAt < 2000-01-01'))], both)).toEqual(['a']);
    expect(homes([task('t', memberOf('ec2InstanceId == m-2'))], both)).toEqual(['b']);
  });

  it('an expression stored under other rules: its task waits, and the others do not', () => {
    expect(homes([task('t', memberOf('no expression')), task('u')], disks)).toEqual([undefined, 'a']);
  });
});

describe('place, constraints', () => {
  it('a pinned task: only its machine is considered', () => {
    expect(homes([task('t', { pinnedTo: 'b' })], [candidate('a'), candidate('b')])).toEqual(['b']);
    expect(reasons(task('t', { pinnedTo: 'b' }), candidate('a'))).toEqual({ considered: 0, rejected: {} });
  });

  const distinct = { placementConstraints: [{ type: 'distinctInstance' as const }] };

  it('distinctInstance: no machine takes two tasks of the group', () => {
    const fleet = [candidate('a', { tasks: [held('x')] }), candidate('b')];
    expect(homes([task('t', distinct)], fleet)).toEqual(['b']);
    expect(homes([task('t', distinct), task('u', distinct)], fleet)).toEqual(['b', undefined]);
    expect(homes([task('t', { ...distinct, group: 'other' })], fleet)).toEqual(['a']);
  });

  it('distinctInstance: a task that is to stop keeps nobody away, as on ECS', () => {
    const fleet = [candidate('a', { tasks: [held('x', { stop: true })] })];
    expect(homes([task('t', distinct), task('u', distinct)], fleet)).toEqual(['a', undefined]);
  });
});

describe('place, strategies', () => {
  const binpack = (field: string) => ({ placementStrategy: [{ type: 'binpack' as const, field }] });

  it('binpack: the fullest machine that fits is taken', () => {
    const fleet = [
      candidate('empty'),
      candidate('half', { tasks: [held('x', { memory: 1024, cpu: 0 })] }),
      candidate('full', { tasks: [held('y', { memory: 2000, cpu: 0 })] }),
    ];
    expect(homes([task('t', binpack('memory'))], fleet)).toEqual(['half']);
    expect(homes([task('t', binpack('cpu'))], [candidate('a'), candidate('b', { tasks: [held('x')] })])).toEqual(['b']);
  });

  it('spread over an attribute, then binpack: zones alternate and each fills its fullest machine', () => {
    const zone = (name: string) => ({ attributes: { zone: name } });
    const fleet = [
      candidate('a1', zone('a')),
      candidate('a2', { ...zone('a'), tasks: [held('x', { group: 'other' })] }),
      candidate('b1', zone('b')),
    ];
    const spread = {
      placementStrategy: [
        { type: 'spread' as const, field: 'attribute:zone' },
        { type: 'binpack' as const, field: 'memory' },
      ],
    };
    expect(homes([task('t', spread), task('u', spread), task('v', spread)], fleet)).toEqual(['a2', 'b1', 'a2']);
  });

  it('spread: a task that is stopping does not weigh', () => {
    const fleet = [candidate('a', { tasks: [held('x')] }), candidate('b', { tasks: [held('y', { stop: true })] })];
    expect(homes([task('t')], fleet)).toEqual(['b']);
  });

  it('a service without a strategy: zones first, then the machine with fewest of its tasks', () => {
    const zone = (name: string) => ({ attributes: { 'ecs.availability-zone': name } });
    const fleet = [candidate('a1', zone('a')), candidate('a2', zone('a')), candidate('b1', zone('b'))];
    const slot = { service: 'web', deployment: 'ecs-svc/1', index: 0 };
    const demands = ['t', 'u', 'v', 'w'].map((id) => task(id, { slot, group: 'service:web' }));
    expect(homes(demands, fleet)).toEqual(['a1', 'b1', 'a2', 'b1']);
  });

  it('random: the number drawn picks the machine', () => {
    const random = { placementStrategy: [{ type: 'random' as const }] };
    const fleet = [candidate('a'), candidate('b', { tasks: [held('x')] }), candidate('c')];
    const [decision] = place([task('t', random)], fleet, () => 0.5);
    expect(decision).toMatchObject({ kind: 'placed', instanceId: 'b' });
  });
});
