import { describe, expect, it } from 'vitest';
import { nextAction } from '#agent/engine/next-action.ts';
import { type ContainerPhase, newTaskState, type TaskState } from '#agent/engine/task-state.ts';
import { aTaskSpec } from '#test/support/agent-specs.ts';

function aState(phases: readonly ContainerPhase[], overrides: Partial<TaskState> = {}): TaskState {
  const names = phases.map((_phase, index) => ({ name: `c${index}`, image: 'app:1' }));
  const state = newTaskState(aTaskSpec({ taskId: 't1', containers: names }));
  const containers = state.containers.map((container, index) => ({ ...container, phase: phases[index] ?? 'none' }));
  return { ...state, containers, pulled: true, begun: true, ...overrides };
}

describe('nextAction', () => {
  it.each([
    ['nothing pulled', aState(['none'], { pulled: false, begun: false }), { kind: 'pull' }],
    ['pulled, not begun', aState(['none'], { begun: false }), { kind: 'begin' }],
    ['begun', aState(['none', 'none']), { kind: 'create', container: 'c0' }],
    ['first created', aState(['created', 'none']), { kind: 'start', container: 'c0' }],
    ['first running', aState(['running', 'none']), { kind: 'create', container: 'c1' }],
    ['all running', aState(['running', 'running']), { kind: 'wait' }],
    ['wanted stopped before the pull', aState(['none'], { desired: 'STOPPED', pulled: false }), { kind: 'finish' }],
    [
      'wanted stopped, some run',
      aState(['running', 'created'], { desired: 'STOPPED' }),
      { kind: 'stop', containers: ['c0'] },
    ],
    [
      'wanted stopped, one never started',
      aState(['exited', 'created'], { desired: 'STOPPED' }),
      { kind: 'discard', containers: ['c1'] },
    ],
    [
      'wanted stopped, a start without outcome',
      aState(['uncertain'], { desired: 'STOPPED' }),
      { kind: 'discard', containers: ['c0'] },
    ],
    ['wanted stopped, all over', aState(['exited', 'gone'], { desired: 'STOPPED' }), { kind: 'finish' }],
    ['finished, not confirmed', aState(['exited'], { finished: true }), { kind: 'wait' }],
    ['finished and confirmed', aState(['exited'], { finished: true, released: true }), { kind: 'forget' }],
    [
      'confirmed while it runs',
      aState(['running'], { desired: 'STOPPED', released: true }),
      { kind: 'stop', containers: ['c0'] },
    ],
  ])('%s', (_situation, state, action) => {
    expect(nextAction(state)).toEqual(action);
  });
});
