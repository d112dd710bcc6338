import { describe, expect, it } from 'vitest';
import { type CapacityInput, MAX_LAUNCHES_PER_RUN, planCapacity } from '#core/capacity/plan-capacity.ts';
import { candidate, held, task } from '../placement/builders.ts';

const daemon = (changes: Parameters<typeof held>[1] = {}) =>
  held('log', { group: 'service:log', daemon: true, ...changes });

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const timings = { machineStart: 2 * MINUTE, machineIdle: MINUTE };
const size = { cpu: 1024, memory: 2048 };

const input = (changes: Partial<CapacityInput>): CapacityInput => ({
  policy: { min: 0, max: 5, standby: 0, size },
  machines: [],
  state: undefined,
  instances: [],
  unplaced: [],
  cluster: 'default',
  now: NOW,
  timings,
  ...changes,
});

const plan = (changes: Partial<CapacityInput>) => planCapacity(input(changes));
const running = (...ids: readonly string[]) => ids.map((machineId) => ({ machineId, state: 'running' as const }));
const on = (machineId: string, changes: Parameters<typeof candidate>[1] = {}, connected = true) =>
  candidate(`i-${machineId}`, { machineId, ...changes }, connected);
const remember = (...machines: NonNullable<CapacityInput['state']>['machines']) => ({ cluster: 'default', machines });
const idle = (machineId: string, launchedAt = 0) => ({ machineId, launchedAt, idleSince: NOW - 2 * MINUTE });

describe('planCapacity, growing', () => {
  it('an empty cluster: the minimum and the standby are launched', () => {
    expect(plan({ policy: { min: 2, max: 5, standby: 0, size } }).actions).toEqual([{ kind: 'launch', count: 2 }]);
    expect(plan({ policy: { min: 0, max: 5, standby: 1, size } }).actions).toEqual([{ kind: 'launch', count: 1 }]);
  });

  it('waiting tasks: as many machines as they fill, not one each', () => {
    const unplaced = ['t', 'u', 'v', 'w', 'x'].map((id) => task(id));
    expect(plan({ unplaced }).actions).toEqual([{ kind: 'launch', count: 2 }]);
  });

  it('waiting tasks that must be apart: one machine each', () => {
    const unplaced = ['t', 'u'].map((id) => task(id, { placementConstraints: [{ type: 'distinctInstance' }] }));
    expect(plan({ unplaced }).actions).toEqual([{ kind: 'launch', count: 2 }]);
  });

  it('tasks that ask for an attribute: a machine is launched while nobody knows what machines have, else if they have it', () => {
    const ask = (expression: string) => [task('t', { placementConstraints: [{ type: 'memberOf', expression }] })];
    expect(plan({ unplaced: ask('attribute:disk == ssd') }).actions).toEqual([{ kind: 'launch', count: 1 }]);
    const full = on('a', { attributes: { disk: 'ssd' }, tasks: [held('x', { cpu: 1024 })] });
    const state = remember({ machineId: 'a', launchedAt: 0 });
    const known = { machines: running('a'), state, instances: [full] };
    expect(plan({ ...known, unplaced: ask('attribute:disk == ssd') }).actions).toEqual([{ kind: 'launch', count: 1 }]);
    expect(plan({ ...known, unplaced: ask('attribute:disk == tape') }).actions).toEqual([]);
  });

  it('machines already starting: they are counted before new ones', () => {
    const unplaced = ['t', 'u', 'v', 'w', 'x'].map((id) => task(id));
    const state = remember({ machineId: 'a', launchedAt: NOW });
    expect(plan({ unplaced, state, machines: running('a') }).actions).toEqual([{ kind: 'launch', count: 1 }]);
  });

  it('a task no empty machine can take: nothing is launched for it', () => {
    expect(plan({ unplaced: [task('t', { resources: { cpu: 2048, memory: 1 } })] }).actions).toEqual([]);
    expect(plan({ unplaced: [task('t', { pinnedTo: 'i-x' })] }).actions).toEqual([]);
  });

  it('machines smaller than the policy says: a task only the policy size could take launches nothing', () => {
    const small = on('a', { total: { cpu: 1000, memory: 2000 } });
    const unplaced = [task('t', { resources: { cpu: 1024, memory: 512 } })];
    expect(plan({ unplaced, machines: running('a'), state: remember(idle('a')), instances: [small] }).actions).toEqual([
      { kind: 'drain', machineId: 'a', instanceId: 'i-a' },
    ]);
  });

  it('more waiting than the bounds allow: the maximum holds, and one run launches only so many', () => {
    const unplaced = Array.from({ length: 200 }, (_, at) => task(`t${at}`, { resources: size }));
    expect(plan({ unplaced }).actions).toEqual([{ kind: 'launch', count: 5 }]);
    const wide = plan({ unplaced, policy: { min: 0, max: 100, standby: 0, size } });
    expect(wide.actions).toEqual([{ kind: 'launch', count: MAX_LAUNCHES_PER_RUN }]);
  });
});

describe('planCapacity, shrinking', () => {
  it('idle machines beyond minimum and standby: drained, newest first', () => {
    const { actions, state } = plan({
      policy: { min: 1, max: 5, standby: 1, size },
      machines: running('a', 'b', 'c'),
      state: remember(idle('a', 1), idle('c', 3), idle('b', 2)),
      instances: [on('a'), on('b'), on('c')],
    });
    expect(actions).toEqual([
      { kind: 'drain', machineId: 'c', instanceId: 'i-c' },
      { kind: 'drain', machineId: 'b', instanceId: 'i-b' },
    ]);
    expect(state.machines.filter(({ draining }) => draining).map(({ machineId }) => machineId)).toEqual(['c', 'b']);
  });

  it('a machine idle for a moment only: kept, and the moment remembered', () => {
    const { actions, state } = plan({
      machines: running('a'),
      state: remember({ machineId: 'a', launchedAt: 0 }),
      instances: [on('a')],
    });
    expect(actions).toEqual([]);
    expect(state.machines).toEqual([{ machineId: 'a', launchedAt: 0, idleSince: NOW }]);
  });

  it('an idle machine a waiting task fits on: kept', () => {
    const asked = { machines: running('a'), state: remember(idle('a')), instances: [on('a')] };
    expect(plan({ ...asked, unplaced: [task('t')] }).actions).toEqual([]);
  });

  it('a drained empty machine: terminated; one with tasks left: awaited', () => {
    const state = remember({ ...idle('a'), draining: true });
    const asked = { machines: running('a'), state };
    expect(plan({ ...asked, instances: [on('a', { status: 'DRAINING' })] }).actions).toEqual([
      { kind: 'terminate', machineId: 'a', instanceId: 'i-a' },
    ]);
    expect(plan({ ...asked, instances: [on('a', { status: 'DRAINING', tasks: [held('x')] })] }).actions).toEqual([]);
  });

  it('a drain that was decided and lost in a crash: asked for again, unless a task came first', () => {
    const asked = { machines: running('a'), state: remember({ ...idle('a'), draining: true }) };
    expect(plan({ ...asked, instances: [on('a')] }).actions).toMatchObject([{ kind: 'drain' }]);
    const taken = plan({ ...asked, instances: [on('a', { tasks: [held('x')] })] });
    expect(taken).toMatchObject({ actions: [], state: { machines: [{ machineId: 'a', launchedAt: 0 }] } });
  });
});

describe('planCapacity, machines in trouble', () => {
  const policy = { min: 1, max: 2, standby: 0, size };

  it('a machine that never registered: terminated and replaced', () => {
    const state = remember({ machineId: 'a', launchedAt: NOW - 3 * MINUTE });
    expect(plan({ policy, machines: running('a'), state }).actions).toEqual([
      { kind: 'terminate', machineId: 'a' },
      { kind: 'launch', count: 1 },
    ]);
  });

  it('a stopped machine: started again under its own id, with tasks or without', () => {
    const asked = { policy, machines: [{ machineId: 'a', state: 'stopped' as const }], state: remember(idle('a')) };
    const again = [{ kind: 'relaunch', machineId: 'a' }];
    expect(plan({ ...asked, instances: [on('a')] }).actions).toEqual(again);
    expect(plan({ ...asked, instances: [on('a', { tasks: [held('x')] })] }).actions).toEqual(again);
  });

  it('a launch that was lost in a crash: asked for again under the same id', () => {
    const state = remember({ machineId: 'a', launchedAt: NOW });
    expect(plan({ policy, state }).actions).toEqual([{ kind: 'relaunch', machineId: 'a' }]);
  });

  it('an agent out of reach: given the time of a start to come back, then replaced', () => {
    const asked = { policy, machines: running('a'), instances: [on('a', {}, false)] };
    const soon = plan({ ...asked, state: remember(idle('a')) });
    expect(soon).toMatchObject({ actions: [], state: { machines: [{ unreachableSince: NOW }] } });
    const late = plan({ ...asked, state: remember({ ...idle('a'), unreachableSince: NOW - 3 * MINUTE }) });
    expect(late.actions).toMatchObject([{ kind: 'terminate' }, { kind: 'launch', count: 1 }]);
  });

  it('a machine that vanished: its instance is deregistered, then it is forgotten', () => {
    const state = remember({ ...idle('a') });
    const left = plan({ policy: { ...policy, min: 0 }, state, instances: [on('a', {}, false)] });
    expect(left.actions).toEqual([{ kind: 'deregister', instanceId: 'i-a' }]);
    expect(plan({ policy: { ...policy, min: 0 }, state })).toEqual({ actions: [], state: remember() });
  });
});

describe('planCapacity, machines with daemons on them', () => {
  it('a machine that only daemons use: it is idle, drains after the idle time, and ends when its daemons have left', () => {
    const state = remember(idle('a'));
    const machines = running('a');
    const instance = on('a', { tasks: [daemon()] });
    const drain = plan({ state, machines, instances: [instance] });
    expect(drain.actions).toEqual([{ kind: 'drain', machineId: 'a', instanceId: 'i-a' }]);
    const draining = on('a', { status: 'DRAINING', tasks: [daemon()] });
    expect(plan({ state: drain.state, machines, instances: [draining] }).actions).toEqual([]);
    const left = on('a', { status: 'DRAINING' });
    expect(plan({ state: drain.state, machines, instances: [left] }).actions).toEqual([
      { kind: 'terminate', machineId: 'a', instanceId: 'i-a' },
    ]);
  });

  it('a machine with a daemon and another task: it is in use', () => {
    const instance = on('a', { tasks: [daemon(), held('x')] });
    expect(plan({ state: remember(idle('a')), machines: running('a'), instances: [instance] }).actions).toEqual([]);
  });

  it('a task that a machine could take but for its daemons: no machine is launched for it again and again', () => {
    const unplaced = [task('t', { resources: { cpu: 1024, memory: 512 } })];
    const state = remember({ machineId: 'a', launchedAt: 0 });
    const started = { machines: running('a'), state, instances: [on('a', { tasks: [daemon(), held('x')] })] };
    expect(plan({ ...started, unplaced }).actions).toEqual([]);
    const claims = [{ group: 'service:log', cpu: 64, memory: 64, ports: [], tasks: 1 }];
    const instances = [{ ...on('a', { tasks: [held('x')] }), claims }];
    expect(plan({ ...started, instances, unplaced }).actions).toEqual([]);
  });
});
