import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextAction } from '#agent/engine/next-action.ts';
import { observeContainer } from '#agent/engine/observe.ts';
import { newTaskState, type TaskState, withContainer } from '#agent/engine/task-state.ts';
import type { ContainerInfo } from '#agent/runtime/port.ts';
import type { ContainerDefinition, DependencyCondition } from '#core/model/task-definition.ts';
import { aContainerSpec, aTaskSpec } from '#test/support/agent-specs.ts';

/** Container i may depend on any before it; the definition lists them in any order. */
const graph = fc.integer({ min: 1, max: 10 }).chain((size) =>
  fc.record({
    edges: fc.tuple(
      ...Array.from({ length: size }, (_, at) =>
        fc.subarray(
          Array.from({ length: at }, (_unused, before) => before),
          { maxLength: Math.min(4, at) },
        ),
      ),
    ),
    conditions: fc.array(fc.constantFrom<DependencyCondition>('START', 'COMPLETE', 'SUCCESS', 'HEALTHY'), {
      minLength: size,
      maxLength: size,
    }),
    order: fc.shuffledSubarray(
      Array.from({ length: size }, (_, at) => at),
      { minLength: size, maxLength: size },
    ),
  }),
);

type Graph = typeof graph extends fc.Arbitrary<infer G> ? G : never;

/** What others wait for in a container is the same for all of them: it ends, gets healthy, or just starts. */
function definitions({ edges, conditions, order }: Graph): readonly ContainerDefinition[] {
  return order.map((at) => {
    const condition = conditions[at];
    const ends = condition === 'COMPLETE' || condition === 'SUCCESS';
    return {
      name: `c${at}`,
      image: 'app:1',
      essential: !ends && at === edges.length - 1,
      ...(condition === 'HEALTHY' ? { healthCheck: { command: ['CMD', 'true'] } } : {}),
      dependsOn: (edges[at] ?? []).map((other) => ({
        containerName: `c${other}`,
        condition: conditions[other] ?? 'START',
      })),
    };
  });
}

const info = (name: string, state: ContainerInfo['state']): ContainerInfo => ({
  ...aContainerSpec('t1', 'i-1', { name, image: 'app:1' }),
  name,
  runtimeId: name,
  state,
  ...(state === 'exited' ? { exitCode: 0 } : {}),
  oomKilled: false,
  networkBindings: [],
});

const holds = (state: TaskState, container: string, wanted: (one: TaskState['containers'][number]) => boolean) =>
  state.containers.some((one) => one.definition.name === container && wanted(one));

const isMet = (state: TaskState, { dependsOn = [] }: ContainerDefinition): boolean =>
  dependsOn.every(({ containerName, condition }) =>
    holds(state, containerName, ({ phase, probe }) => {
      if (condition === 'START') return phase === 'running' || phase === 'exited';
      return condition === 'HEALTHY' ? probe?.status === 'HEALTHY' : phase === 'exited';
    }),
  );

/** One more container becomes what others wait for: it ends, or its check passes. */
function progress(state: TaskState, conditions: Graph['conditions']): TaskState | undefined {
  for (const { definition, phase, probe } of state.containers) {
    const condition = conditions[Number(definition.name.slice(1))];
    if (phase !== 'running') continue;
    if (condition === 'COMPLETE' || condition === 'SUCCESS') {
      return observeContainer(state, definition.name, info(definition.name, 'exited'), 0);
    }
    if (condition === 'HEALTHY' && probe?.status !== 'HEALTHY') {
      return withContainer(state, definition.name, (one) => ({
        ...one,
        probe: { status: 'HEALTHY', passes: 1, failures: 0 },
      }));
    }
  }
  return undefined;
}

test('any acyclic dependsOn graph, starts every container once what it waits for is there, and stops in reverse', () => {
  fc.assert(
    fc.property(graph, (drawn) => {
      const containers = definitions(drawn);
      let state: TaskState = {
        ...newTaskState(aTaskSpec({ taskId: 't1', containers })),
        pulled: true,
        begun: true,
      };
      const started = new Set<string>();
      for (;;) {
        const action = nextAction(state);
        if (action.kind === 'create') {
          state = observeContainer(state, action.container, info(action.container, 'created'), 0);
        } else if (action.kind === 'start') {
          const definition = containers.find(({ name }) => name === action.container);
          expect(definition && isMet(state, definition)).toBe(true);
          expect(started.has(action.container)).toBe(false);
          started.add(action.container);
          state = observeContainer(state, action.container, info(action.container, 'running'), 0);
        } else {
          expect(action.kind).toBe('wait');
          const next = progress(state, drawn.conditions);
          if (!next) break;
          state = next;
          if (state.stop) break;
        }
      }
      // A task whose containers have all ended is over; every other one has started all of them.
      expect(started.size).toBe(containers.length);

      state = { ...state, desired: 'STOPPED' };
      for (;;) {
        const action = nextAction(state);
        if (action.kind !== 'stop') break;
        const left = state.containers.filter(({ phase }) => phase === 'running').map(({ definition }) => definition);
        for (const name of action.containers) {
          const dependents = left.filter(({ dependsOn }) => dependsOn?.some((one) => one.containerName === name));
          expect(dependents).toEqual([]);
          state = observeContainer(state, name, info(name, 'exited'), 0);
        }
      }
      expect(state.containers.filter(({ phase }) => phase === 'running')).toEqual([]);
      expect(nextAction(state).kind).toBe('finish');
    }),
    { numRuns: 2_000 },
  );
});
