import { describe, expect, it } from 'vitest';
import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import { constraintsOf } from '#core/placement/constraints.ts';
import { belongsOn, claimsOn, type Daemon } from '#core/placement/daemon.ts';
import { explainPlacement } from '#core/placement/explain.ts';
import { type Candidate, place } from '#core/placement/place.ts';
import { candidate, held, task } from './builders.ts';

const LOG: Daemon = {
  group: 'service:log',
  resources: { cpu: 256, memory: 512 },
  hostPorts: [{ port: 514, protocol: 'udp' }],
  constraints: constraintsOf({ placementConstraints: [] }),
};
const selecting = (expression: string): Daemon => ({
  ...LOG,
  constraints: constraintsOf({ placementConstraints: [{ type: 'memberOf', expression }] }),
});
const claimed = (machine: Candidate, ...daemons: readonly Daemon[]): Candidate => ({
  ...machine,
  claims: claimsOn(daemons, machine.reservation),
});
const ofDaemon = (id: string, changes: Parameters<typeof task>[1] = {}) =>
  task(id, {
    group: 'service:log',
    slot: { service: 'log', deployment: 'ecs-svc/1', index: 0 },
    pinnedTo: 'a',
    resources: LOG.resources,
    hostPorts: LOG.hostPorts,
    ...changes,
  });
const homes = (demands: Parameters<typeof place>[0], ...fleet: readonly Candidate[]) =>
  place(demands, fleet, () => 0).map((decision) =>
    decision.kind === 'placed' ? decision.instanceId : Object.keys(decision.why.rejected)[0],
  );

describe('claims of daemons', () => {
  it('a machine without the daemon: its room is kept from others and given to the daemon', () => {
    const machine = claimed(candidate('a', { total: { cpu: 512, memory: 1024 } }), LOG);
    const other = (id: string) => task(id, { resources: { cpu: 256, memory: 128 } });
    expect(homes([other('t'), other('u'), ofDaemon('d')], machine)).toEqual(['a', 'RESOURCE:CPU', 'a']);
    expect(homes([ofDaemon('d'), other('t'), other('u')], machine)).toEqual(['a', 'a', 'RESOURCE:CPU']);
  });

  it('a host port of the daemon: nobody else may have it meanwhile', () => {
    const machine = claimed(candidate('a'), LOG);
    const other = task('t', { hostPorts: LOG.hostPorts });
    expect(homes([other, ofDaemon('d')], machine)).toEqual(['RESOURCE:PORTS', 'a']);
  });

  it('the last place for a task: it is the daemon’s', () => {
    const tasks = Array.from({ length: MAX_TASKS_PER_INSTANCE - 1 }, (_, at) => held(`x${at}`, { cpu: 0, memory: 0 }));
    const machine = claimed(candidate('a', { tasks }), LOG);
    const other = task('t', { resources: { cpu: 0, memory: 0 } });
    expect(homes([other, ofDaemon('d')], machine)).toEqual(['RESOURCE:TASKS', 'a']);
  });

  it('a daemon’s task on the machine, stopping or not: only what its successor needs more is claimed', () => {
    const own = held('d', {
      group: 'service:log',
      daemon: true,
      stop: true,
      cpu: 128,
      memory: 512,
      ports: LOG.hostPorts,
    });
    expect(claimsOn([LOG], candidate('a', { tasks: [own] }).reservation)).toEqual([
      { group: 'service:log', cpu: 128, memory: 0, ports: [], tasks: 0 },
    ]);
    const full = { ...own, cpu: 256 };
    expect(claimsOn([LOG], candidate('a', { tasks: [full] }).reservation)).toEqual([]);
  });

  it('machines that are draining, too small or not selected: nothing is claimed', () => {
    expect(claimsOn([LOG], candidate('a', { status: 'DRAINING' }).reservation)).toEqual([]);
    expect(claimsOn([LOG], candidate('a', { total: { cpu: 255, memory: 2048 } }).reservation)).toEqual([]);
    expect(claimsOn([selecting('attribute:disk == ssd')], candidate('a').reservation)).toEqual([]);
  });

  it('two daemons that lack more than there is: the first takes its room, and neither waits for the other', () => {
    const other: Daemon = { ...LOG, group: 'service:metrics', hostPorts: [] };
    const machine = claimed(candidate('a', { total: { cpu: 300, memory: 2048 } }), LOG, other);
    const second = ofDaemon('e', { group: 'service:metrics', hostPorts: [] });
    expect(homes([ofDaemon('d'), second], machine)).toEqual(['a', 'RESOURCE:CPU']);
  });

  it('more claimed than there is: a task that asks for none of it is placed', () => {
    const machine = claimed(candidate('a', { tasks: [held('x', { cpu: 900, memory: 0 })] }), LOG);
    expect(homes([task('t', { resources: { cpu: 0, memory: 128 } })], machine)).toEqual(['a']);
  });

  it('explain, of a task kept out by a claim: says what is left for it', () => {
    const machine = claimed(candidate('a', { total: { cpu: 300, memory: 2048 } }), LOG);
    expect(explainPlacement(task('t', { resources: { cpu: 256, memory: 1 } }), [machine]).rejections).toEqual([
      { instanceId: 'a', reason: 'RESOURCE:CPU', needed: 256, free: 44 },
    ]);
  });
});

describe('where a daemon belongs', () => {
  it('an expression about its own tasks: they do not count', () => {
    const shy = selecting('not(task:group == service:log)');
    const own = held('d', { group: 'service:log', daemon: true });
    expect(belongsOn(shy, candidate('a', { tasks: [own] }).reservation)).toBe(true);
    expect(
      belongsOn(
        selecting('not(task:group == service:web)'),
        candidate('a', { tasks: [held('x', { group: 'service:web' })] }).reservation,
      ),
    ).toBe(false);
  });
});
