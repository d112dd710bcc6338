import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginStop } from '#agent/engine/begin-stop.ts';
import { nextAction } from '#agent/engine/next-action.ts';
import { afterRun, retryDelay } from '#agent/engine/pod/back-off.ts';
import {
  discardedRun,
  failRun,
  failStep,
  observePodContainer,
  observePodProbe,
  settlePod,
  startedRun,
} from '#agent/engine/pod/observe-pod.ts';
import { memberOf, membersOf } from '#agent/engine/pod/pod-container-state.ts';
import { podObservation } from '#agent/engine/pod/pod-observation.ts';
import { podProbe } from '#agent/engine/probe.ts';
import { newTaskState, type TaskState, withContainer } from '#agent/engine/task-state.ts';
import type { ContainerInfo } from '#agent/runtime/port.ts';
import type { PodContainerRole, PodRestartPolicy } from '#core/model/pod.ts';
import { aMember, aPodSpec, aProbe, HTTP } from '#test/support/agent-pods.ts';
import { aContainerSpec } from '#test/support/agent-specs.ts';

const PROBE = aProbe(HTTP, { failureThreshold: 1 });

const pod = fc.record({
  policy: fc.constantFrom<PodRestartPolicy>('Always', 'OnFailure', 'Never'),
  before: fc.array(fc.constantFrom<PodContainerRole>('init', 'sidecar'), { maxLength: 4 }),
  mains: fc.integer({ min: 1, max: 3 }),
  probed: fc.boolean(),
});

/** What happens to the machine between its own steps, and how the step it takes turns out. */
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('step' as const), fails: fc.nat(9), exits: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('exit' as const), which: fc.nat(6), code: fc.constantFrom(0, 1, 137) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('vanish' as const), which: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('probe' as const), which: fc.nat(6), passed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(50, 5_000, 400_000) }) },
);

type Pod = typeof pod extends fc.Arbitrary<infer T> ? T : never;
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const specOf = ({ policy, before, mains, probed }: Pod) => {
  const probes = probed ? { startupProbe: PROBE, livenessProbe: PROBE } : {};
  return aPodSpec([
    ...before.map((role, at) => aMember(`b${at}`, { role, restartPolicy: policy, ...(role === 'init' ? {} : probes) })),
    ...Array.from({ length: mains }, (_, at) => aMember(`m${at}`, { restartPolicy: policy, ...probes })),
  ]);
};

const infoOf = (name: string, state: ContainerInfo['state'], exitCode?: number): ContainerInfo => ({
  ...aContainerSpec('p1', 'i-1', { name, image: 'app:1' }),
  runtimeId: name,
  state,
  ...(exitCode === undefined ? {} : { exitCode }),
  oomKilled: false,
  networkBindings: [],
});

/** A pod's machine with a runtime that is nothing but what the events make of it. */
class Machine {
  state: TaskState;
  now = 1_000;
  readonly starts = new Map<string, number[]>();

  constructor(shape: Pod) {
    this.state = newTaskState(specOf(shape));
  }

  take(happens: Event): void {
    const members = membersOf(this.state);
    const chosen = 'which' in happens ? members[happens.which % members.length] : undefined;
    switch (happens.kind) {
      case 'step':
        this.step(happens.fails === 0, happens.exits === 0);
        return;
      case 'time':
        this.now += happens.ms;
        this.state = settlePod(this.state, this.now);
        return;
      case 'exit':
      case 'vanish':
        if (chosen?.container.phase !== 'running') return;
        this.end(chosen.name, happens.kind === 'exit' ? happens.code : undefined);
        return;
      case 'probe': {
        if (chosen?.container.phase !== 'running' || !chosen.wanted.startupProbe) return;
        const kind = chosen.pod.probes?.startup?.status === 'HEALTHY' ? 'liveness' : 'startup';
        this.state = observePodProbe(this.state, chosen.name, kind, podProbe(PROBE), happens.passed, this.now);
        return;
      }
      default:
        happens satisfies never;
    }
  }

  end(name: string, code: number | undefined): void {
    const info = code === undefined ? undefined : infoOf(name, 'exited', code);
    this.state = observePodContainer(this.state, name, info, undefined, this.now);
  }

  step(fails: boolean, exits: boolean): void {
    const action = nextAction(this.state);
    switch (action.kind) {
      case 'prepare':
        this.state = { ...this.state, prepared: true };
        return;
      case 'begin':
        this.state = { ...this.state, begun: true };
        return;
      case 'create':
        this.state = withContainer(this.state, action.container, (one) => ({ ...one, phase: 'uncertain' }));
        this.state = fails
          ? failStep(this.state, action.container, 'CreateContainerError', 'no', this.now)
          : observePodContainer(this.state, action.container, infoOf(action.container, 'created'), undefined, this.now);
        return;
      case 'start':
        this.start(action.container, fails, exits);
        return;
      case 'stop':
        for (const name of action.containers) this.end(name, 143);
        return;
      case 'discard':
        for (const name of action.containers) {
          this.state =
            this.state.stop === undefined
              ? discardedRun(this.state, name, this.now)
              : withContainer(this.state, name, (one) => ({ ...one, phase: 'gone' }));
        }
        return;
      case 'finish':
        this.state = { ...this.state, finished: true };
        return;
      case 'wait':
        return;
      default:
        throw new Error(`a pod does not ${action.kind}`);
    }
  }

  start(name: string, fails: boolean, exits: boolean): void {
    const doubtful = this.state.containers.filter(({ phase }) => phase === 'uncertain');
    expect(doubtful).toEqual([]);
    const chosen = membersOf(this.state).find((member) => member.name === name);
    if (!chosen) throw new Error(`no ${name}`);
    if (chosen.wanted.role === 'main') {
      const before = membersOf(this.state).filter(({ wanted }) => wanted.role !== 'main');
      expect(before.every(({ pod: known }) => known.passed)).toBe(true);
    }
    this.starts.set(name, [...(this.starts.get(name) ?? []), chosen.pod.run]);
    if (fails) {
      this.state = failRun(this.state, name, 'no', this.now);
      return;
    }
    this.state = startedRun(this.state, name, this.now);
    if (exits) this.end(name, 0);
  }
}

const restarts = (state: TaskState): readonly number[] =>
  state.containers.map((container) => podObservation(container, state)?.restartCount ?? 0);

test('a pod under any exits and answers, starts its mains after the others, each run once, and counts only up', () => {
  fc.assert(
    fc.property(pod, fc.array(event, { maxLength: 120, size: 'max' }), (shape, events) => {
      const machine = new Machine(shape);
      let counted = restarts(machine.state);
      for (const happens of events) {
        machine.take(happens);
        const now = restarts(machine.state);
        expect(now.every((count, at) => count >= (counted[at] ?? 0))).toBe(true);
        counted = now;
        for (const container of machine.state.containers) {
          const { pod: known, wanted } = memberOf(container);
          if (known.terminated) expect(container.phase).toBe('exited');
          if (known.passed && wanted.role === 'init') expect(known.terminated?.exitCode).toBe(0);
        }
      }
      for (const [name, runs] of machine.starts) {
        expect(new Set(runs).size).toBe(runs.length);
        const isSidecar = name.startsWith('b') && shape.before[Number(name.slice(1))] === 'sidecar';
        if (shape.policy === 'Never' && !isSidecar) expect(runs.length).toBe(1);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a pod in any state that is told to stop, ends after finitely many steps and starts nothing more', () => {
  fc.assert(
    fc.property(pod, fc.array(event, { maxLength: 60, size: 'max' }), (shape, events) => {
      const machine = new Machine(shape);
      for (const happens of events) machine.take(happens);
      machine.state = beginStop(machine.state, 'UserInitiated', 'enough', machine.now);
      const started = [...machine.starts.values()].flat().length;
      for (let step = 0; step < 3 * machine.state.containers.length + 2; step += 1) machine.step(false, false);
      expect(machine.state.finished).toBe(true);
      expect([...machine.starts.values()].flat()).toHaveLength(started);
    }),
    { numRuns: 500 },
  );
});

test('waits after crashes, are none, then 10 s that double up to 300 s, until a run lasts ten minutes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 40, size: 'max' }), (runs) => {
      let crashes = 0;
      let inARow = 0;
      for (const ran of runs) {
        inARow = ran >= 600_000 ? 0 : inARow;
        const after = afterRun(crashes, ran);
        const expected = inARow === 0 ? 0 : Math.min(300_000, 10_000 * 2 ** (inARow - 1));
        expect(after.delay).toBe(expected);
        crashes = after.crashes;
        inARow += 1;
      }
    }),
  );
  expect([0, 1, 2, 5, 6, 1_000_000].map(retryDelay)).toEqual([0, 10_000, 20_000, 160_000, 300_000, 300_000]);
});
