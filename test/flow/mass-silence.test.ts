import { beforeEach, describe, expect, test } from 'vitest';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import type { FlowAgent } from '#test/support/flow-agent.ts';
import type { FlowWorld } from '#test/support/flow-world.ts';
import { twoMachines } from '#test/support/two-machines.ts';

let world: FlowWorld;
let one: FlowAgent;
let two: FlowAgent;

beforeEach(async () => {
  ({ world, one, two } = await twoMachines());
});

describe('agents that fall silent together', () => {
  test('control plane, away for longer than every lease, loses none of the agents that come back one by one', async () => {
    const three = await world.agent('three');
    await world.converge();
    const agents = [one, two, three];
    const before = agents.map(({ running }) => [...running.keys()]);
    world.advance(120_000);
    for (const agent of agents) {
      await agent.beat();
      world.advance(5_000);
      await world.sweep();
      await agents[0]?.beat();
      await world.converge();
    }
    await world.pass(60_000);
    await world.sweep();
    expect(agents.map(({ running }) => [...running.keys()])).toEqual(before);
  });

  test('most agents, silent for long while another was heard from all the time, are lost in the end', async () => {
    const three = await world.agent('three');
    await world.converge();
    one.isUp = false;
    two.isUp = false;
    await world.pass(120_000);
    await world.sweep();
    await world.converge();
    expect(three.running.size).toBe(0);
    await world.pass(40_000);
    expect(three.running.size).toBe(4);
  });

  test('most agents, silent together, are lost only a grace period after most are heard from again', async () => {
    const three = await world.agent('three');
    await world.converge();
    const ofTwo = [...two.running.keys()];
    one.isUp = false;
    two.isUp = false;
    await world.pass(60_000);
    await world.sweep();
    await world.converge();
    expect(three.running.size).toBe(0);
    one.isUp = true;
    await world.pass(25_000);
    await world.sweep();
    await world.converge();
    const early = await describeTasks(world.deps, 'default', ofTwo);
    expect(early.map((view) => view?.task.desiredStatus)).toEqual(ofTwo.map(() => 'RUNNING'));
    await world.pass(35_000);
    await world.sweep();
    await world.converge();
    const late = await describeTasks(world.deps, 'default', ofTwo);
    expect(late.map((view) => view?.observation?.stop?.code)).toEqual(ofTwo.map(() => 'InfrastructureHealth'));
    expect(one.running.size + three.running.size).toBe(4);
  });

  test('both agents, silent through an outage of the control plane, are not declared lost by its first sweep', async () => {
    one.isUp = false;
    two.isUp = false;
    await world.pass(600_000);
    await world.sweep();
    one.isUp = true;
    two.isUp = true;
    await world.converge();
    expect([one.running.size, two.running.size]).toEqual([2, 2]);
    expect(one.started.concat(two.started)).toHaveLength(4);
  });

  test('one of two agents, later back than the other after an outage, is not declared lost', async () => {
    one.isUp = false;
    two.isUp = false;
    world.advance(60_000);
    two.isUp = true;
    await world.converge();
    await world.sweep();
    await world.pass(20_000);
    await world.sweep();
    one.isUp = true;
    await world.pass(30_000);
    await world.sweep();
    await world.converge();
    expect([one.started.length, two.started.length]).toEqual([2, 2]);
    expect([one.running.size, two.running.size]).toEqual([2, 2]);
  });

  test('one of two agents, never back after an outage, is declared lost in the end', async () => {
    one.isUp = false;
    two.isUp = false;
    world.advance(60_000);
    two.isUp = true;
    await world.converge();
    for (let sweeps = 0; sweeps < 3; sweeps += 1) {
      await world.sweep();
      await world.pass(30_000);
    }
    expect(two.running.size).toBe(4);
  });

  test('both agents, really gone, are declared lost once silence has lasted a grace period', async () => {
    one.isUp = false;
    two.isUp = false;
    await world.pass(30_000);
    await world.sweep();
    await world.pass(30_000);
    await world.sweep();
    const views = await describeTasks(world.deps, 'default', [...one.running.keys(), ...two.running.keys()]);
    expect(views.map((view) => view?.observation?.status)).toEqual(Array(4).fill('STOPPED'));
  });
});
