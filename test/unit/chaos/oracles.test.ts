import { describe, expect, test } from 'vitest';
import { Acknowledged } from '#test/chaos/oracles/acknowledged.ts';
import { differences } from '#test/chaos/oracles/differences.ts';
import { FalseLosses } from '#test/chaos/oracles/false-losses.ts';
import { ForwardOnly } from '#test/chaos/oracles/forward-only.ts';
import { Maximum } from '#test/chaos/oracles/maximum.ts';
import { NeedlessStops } from '#test/chaos/oracles/needless-stops.ts';
import { OneCopy } from '#test/chaos/oracles/one-copy.ts';
import { OneEffect } from '#test/chaos/oracles/one-effect.ts';
import { OneOfSlot } from '#test/chaos/oracles/one-of-slot.ts';
import { Reserved } from '#test/chaos/oracles/reserved.ts';
import { UnknownContainers } from '#test/chaos/oracles/unknown-containers.ts';
import { Promises } from '#test/chaos/promises.ts';
import type { Oracle, Sample } from '#test/chaos/sample.ts';
import {
  aCommitted,
  aHeldTask,
  anObservation,
  aRealContainer,
  aReservation,
  aSample,
  MACHINE,
  TASK,
} from './a-sample.ts';

/** What an oracle says at the last of these looks. */
const last = (oracle: Oracle, ...samples: readonly Sample[]): readonly string[] =>
  samples.map((sample, index) => oracle.look(sample, samples[index - 1])).at(-1) ?? [];

const good = aSample();
const none = aSample({ containers: [] });
const service = (desiredCount: number, generation = 1) => ({ desiredCount, generation, maximumPercent: 200 });
const added = (desired: number): Sample =>
  aSample({
    committed: aCommitted({
      task: aHeldTask({ slot: { service: 'web', deployment: 'd', index: 0 } }),
      service: service(desired),
    }),
  });
const before = (): Sample => {
  const { committed, ...rest } = added(0);
  return { ...rest, committed: { ...committed, tasks: new Map() } };
};
const promised = (fill: (promises: Promises) => void): Sample => {
  const promises = new Promises();
  fill(promises);
  return aSample({ promises });
};

const QUIET: readonly (readonly [Oracle, readonly Sample[]])[] = [
  [new OneCopy(), [good, none, good]],
  [new OneOfSlot(), [good]],
  [new Maximum(), [before(), added(1)]],
  [new Acknowledged(), [good, promised((promises) => promises.runs.set('t', { count: 1, ids: [TASK] }))]],
  [new OneEffect(), [promised((promises) => promises.runs.set('t', { count: 1 }))]],
  [new ForwardOnly(), [good, good]],
  [new Reserved(), [good]],
  [new UnknownContainers(), [good, { ...good, at: 1e9 }]],
  [new NeedlessStops(), [good, { ...none, killed: new Set(['first']) }]],
  [new FalseLosses(), [good, good]],
];

const BROKEN: readonly (readonly [string, Oracle, readonly Sample[]])[] = [
  [
    'two copies at once',
    new OneCopy(),
    [aSample({ containers: [aRealContainer(), aRealContainer({ machine: 'm1' })] })],
  ],
  ['two of a fenced slot', new OneOfSlot(), [fencedTwice()]],
  ['a second start', new OneCopy(), [good, none, aSample({ containers: [aRealContainer({ identity: 'second' })] })]],
  ['a task beyond the maximum', new Maximum(), [before(), added(0)]],
  [
    'an acknowledged task that is missing',
    new Acknowledged(),
    [promised(({ runs }) => runs.set('t', { count: 1, ids: ['b'] }))],
  ],
  [
    'an acknowledged generation that is gone',
    new Acknowledged(),
    [promised(({ generations }) => generations.set('web', 99))],
  ],
  ['an acknowledged stop that is undone', new Acknowledged(), [promised(({ stops }) => stops.add(TASK))]],
  ['a token without its task', new OneEffect(), [promised(({ runs }) => runs.set('t', { count: 1, ids: ['b'] }))]],
  ['two answers for one token', new OneEffect(), [promised(({ broken }) => broken.push('t'))]],
  [
    'a status that moves back',
    new ForwardOnly(),
    [good, aSample({ committed: aCommitted({ observation: anObservation('PENDING') }) })],
  ],
  [
    'a task wanted again',
    new ForwardOnly(),
    [aSample({ committed: aCommitted({ task: aHeldTask({ desiredStatus: 'STOPPED' }) }) }), good],
  ],
  [
    'an overbooked machine',
    new Reserved(),
    [aSample({ committed: aCommitted({ reservation: aReservation({ total: { cpu: 8, memory: 8 } }) }) })],
  ],
  ['a container nobody wants', new UnknownContainers(), unwantedFor(1e9)],
  ['a stop nobody asked for', new NeedlessStops(), [good, none]],
  ['a healthy machine declared lost after an outage', new FalseLosses(), [good, { ...lost(), servingSince: -1_000 }]],
  ['a machine declared lost that was heard', new FalseLosses(), [good, { ...lost(), machines: [heard()] }]],
];

function fencedTwice(): Sample {
  const slot = { service: 'web', deployment: 'd', index: 0 };
  const other = 'b'.repeat(32);
  const { tasks, ...rest } = aCommitted({ task: aHeldTask({ slot, fenced: true }) });
  const both = new Map([...tasks, [other, aHeldTask({ taskId: other, epoch: 2, slot, fenced: true })]]);
  const second = aRealContainer({ name: `${other}.2.main`, taskId: other, epoch: 2, identity: 'second' });
  return aSample({ committed: { ...rest, tasks: both }, containers: [aRealContainer(), second] });
}

function unwantedFor(ms: number): readonly Sample[] {
  const unwanted = aSample({ committed: aCommitted({ task: aHeldTask({ desiredStatus: 'STOPPED' }) }) });
  return [unwanted, { ...unwanted, at: ms }];
}

function heard(): Sample['machines'][number] {
  const ago = Number.NEGATIVE_INFINITY;
  const pulse = Array.from({ length: 6 }, (_, beat) => ({ at: -5_000 * (5 - beat), tookMs: 10 }));
  return { name: MACHINE, clearSince: ago, engineClearSince: ago, forgotAt: ago, pulse };
}

function lost(): Sample {
  return aSample({ committed: aCommitted({ reservation: aReservation({ schedulable: false, tasks: [] }) }) });
}

describe('chaos oracles', () => {
  test.each(QUIET)('%o, a world in order, says nothing', (oracle, samples) => {
    expect(last(oracle, ...samples)).toEqual([]);
  });

  test.each(BROKEN)('%s, is noticed', (_, oracle, samples) => {
    expect(last(oracle, ...samples)).toHaveLength(1);
  });

  test('a machine declared lost that was not heard though nothing was done to it, is the fault of a busy machine', () => {
    expect(last(new FalseLosses(), good, lost())).toEqual([]);
  });

  test('a machine cut off and declared lost, is counted and no violation', () => {
    const losses = new FalseLosses();
    const cutOff = {
      ...lost(),
      machines: [
        {
          name: MACHINE,
          clearSince: undefined,
          engineClearSince: undefined,
          forgotAt: Number.NEGATIVE_INFINITY,
          pulse: [],
        },
      ],
    };
    expect([last(losses, good, cutOff), losses.losses]).toEqual([[], 1]);
  });

  test('a container nobody wants, agent out of contact, is left alone', () => {
    const machines = [
      {
        name: MACHINE,
        clearSince: undefined,
        engineClearSince: undefined,
        forgotAt: Number.NEGATIVE_INFINITY,
        pulse: [],
      },
    ];
    expect(last(new UnknownContainers(), ...unwantedFor(1e9).map((sample) => ({ ...sample, machines })))).toEqual([]);
  });

  test('differences, of a service that wants more than runs, names it', () => {
    expect(differences(aSample({ committed: aCommitted({ service: service(3) }) })).join()).toContain('0 of 3 run');
  });

  test('differences, a lease that is over, names the machine', () => {
    const committed = aCommitted({ service: service(0) });
    expect(differences(aSample({ committed, now: 20_000 }))).toEqual(['m0 holds no lease']);
  });
});
