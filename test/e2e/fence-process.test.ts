import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timingsAt } from '#core/timings.ts';
import type { JoinedAgent } from '#test/support/chaos-agent.ts';
import { killNine, processesUnder, taskProcesses, watchdogPids } from '#test/support/chaos-processes.ts';
import { createService, type FencedStack, twoMachines } from '#test/support/fenced-service.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TIME_SCALE = 0.2;
const { lease, serverMargin } = timingsAt(TIME_SCALE);
const SERVICE = 'fenced';

describe('a fenced service of plain processes', () => {
  let world: FencedStack;
  let diary: string;

  /** When each life of the task was heard from, first and last, in the order of their beginnings. */
  const lives = (): readonly { readonly first: number; readonly last: number }[] => {
    if (!existsSync(diary)) return [];
    const seen = new Map<string, { first: number; last: number }>();
    for (const line of readFileSync(diary, 'utf8').trim().split('\n')) {
      const [pid = '', at = ''] = line.split(' ');
      seen.set(pid, { first: seen.get(pid)?.first ?? Number(at), last: Number(at) });
    }
    return [...seen.values()].toSorted((left, right) => left.first - right.first);
  };
  const untilLives = (count: number) =>
    waitUntil('lives of the task', lives, ({ length }) => length === count, {
      withinMs: lease + serverMargin + 20_000,
    });
  const holder = async (): Promise<JoinedAgent> => {
    const holders = () => world.agents.filter(({ stateDir }) => taskProcesses(stateDir).length > 0);
    const { value } = await waitUntil('one process', holders, ({ length }) => length === 1, { withinMs: 20_000 });
    const [agent] = value;
    if (!agent) throw new Error('nobody runs it');
    return agent;
  };

  beforeAll(async () => {
    world = await twoMachines('process', TIME_SCALE);
    diary = path.join(world.stack.dataDir, 'diary');
    const script = `while :; do echo "$$ $(date +%s%3N)" >> ${diary}; sleep 0.02; done`;
    const container = { image: 'none', command: ['/bin/sh', '-c', script] };
    await createService(world.stack, SERVICE, container, { count: 1, mode: 'fenced' });
    await untilLives(1);
  });

  afterAll(async () => {
    for (const { kill } of world.agents) await kill();
  });

  it('its agent is stopped by SIGSTOP, the process is gone before the replacement starts', async () => {
    const agent = await holder();
    agent.freeze();
    await untilLives(2);
    const [old, next] = lives();
    const apart = (next?.first ?? 0) - (old?.last ?? 0);
    process.stdout.write(`agent stopped: old process last heard of ${apart} ms before the new one\n`);
    expect(apart).toBeGreaterThan(0);
    expect(taskProcesses(agent.stateDir)).toEqual([]);
    agent.thaw();
  });

  it('its watchdog is killed, the agent brings another before it stands still itself', async () => {
    const agent = await holder();
    const [watchdog = 0] = watchdogPids(agent.stateDir);
    await killNine(watchdog);
    await waitUntil(
      'another watchdog',
      () => watchdogPids(agent.stateDir),
      (pids) => pids.length === 1 && !pids.includes(watchdog),
      { withinMs: 10_000 },
    );
    expect(lives()).toHaveLength(2);
  });

  it('its agent is killed for good, the process is gone before the replacement starts, and nothing is left', async () => {
    const agent = await holder();
    await agent.kill();
    await untilLives(3);
    const [, old, next] = lives();
    const apart = (next?.first ?? 0) - (old?.last ?? 0);
    process.stdout.write(`agent killed: old process last heard of ${apart} ms before the new one\n`);
    expect(apart).toBeGreaterThan(0);
    await waitUntil(
      'no process of that machine is left, its watchdog included',
      () => processesUnder(agent.stateDir),
      (found) => found.length === 0,
      { withinMs: 10_000 },
    );
  });
});
