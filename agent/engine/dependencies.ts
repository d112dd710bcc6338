import { assertNever } from '#core/assert-never.ts';
import type { ContainerDependency } from '#core/model/task-definition.ts';
import type { ContainerState, TaskState } from './task-state.ts';

/** Whether a container may start: now, later, or never any more. */
type Readiness =
  | { readonly kind: 'ready' }
  /** `until`: when waiting for it ends; absent while what it waits for has not started itself. */
  | { readonly kind: 'waiting'; readonly until?: number }
  | { readonly kind: 'never'; readonly why: string };

/** Seconds a container may take to become what others wait for, when it does not say: ECS gives a task up then, too. */
const DEFAULT_START_TIMEOUT = 3 * 3_600;

const READY: Readiness = { kind: 'ready' };

/** Conditions are confirmed once, before the first start: a container that starts again asks nobody. */
export function readiness(state: TaskState, container: ContainerState): Readiness {
  const answers = (container.definition.dependsOn ?? []).map((dependency) => ask(state, dependency));
  const never = answers.find(({ kind }) => kind === 'never');
  if (never) return never;
  const waiting = answers.filter((answer) => answer.kind === 'waiting');
  if (waiting.length === 0) return READY;
  const ends = waiting.flatMap(({ until }) => (until === undefined ? [] : [until]));
  return { kind: 'waiting', ...(ends.length > 0 ? { until: Math.min(...ends) } : {}) };
}

function ask({ containers }: TaskState, { containerName, condition }: ContainerDependency): Readiness {
  const other = containers.find(({ definition }) => definition.name === containerName);
  if (!other || isMet(other, condition)) return READY;
  const why = whyNever(other, condition);
  if (why !== undefined) return { kind: 'never', why };
  if (other.startedAt === undefined) return { kind: 'waiting' };
  return {
    kind: 'waiting',
    until: other.startedAt + (other.definition.startTimeout ?? DEFAULT_START_TIMEOUT) * 1_000,
  };
}

function isMet(
  { phase, startedAt, seen, probe }: ContainerState,
  condition: ContainerDependency['condition'],
): boolean {
  switch (condition) {
    case 'START':
      return startedAt !== undefined || phase === 'running' || phase === 'exited';
    case 'COMPLETE':
      return phase === 'exited';
    case 'SUCCESS':
      return phase === 'exited' && seen.exitCode === 0;
    case 'HEALTHY':
      return phase === 'running' && probe?.status === 'HEALTHY';
    default:
      return assertNever(condition);
  }
}

/** Of a condition that is not met: why it never will be. */
function whyNever(
  { definition, phase, seen }: ContainerState,
  condition: ContainerDependency['condition'],
): string | undefined {
  const isOver = phase === 'exited' || phase === 'gone';
  if (isOver && condition === 'SUCCESS') {
    return `its dependency '${definition.name}' did not exit successfully (exit code ${seen.exitCode ?? 'unknown'})`;
  }
  if (isOver) return `its dependency '${definition.name}' ended before it was ${condition}`;
  if (condition !== 'HEALTHY' || definition.healthCheck) return undefined;
  return `its dependency '${definition.name}' has no health check, so it is never HEALTHY`;
}

/** Containers that wait for their first start. */
const unstarted = ({ containers }: TaskState): readonly ContainerState[] =>
  containers.filter(({ phase, startedAt }) => startedAt === undefined && (phase === 'none' || phase === 'created'));

/** When the first wait ends; undefined while none has a limit yet. */
export function waitEnds(state: TaskState): number | undefined {
  const ends = unstarted(state).flatMap((container) => {
    const answer = readiness(state, container);
    return answer.kind === 'waiting' && answer.until !== undefined ? [answer.until] : [];
  });
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

/** The first container that can not start any more, and why. */
export function firstBlocked(
  state: TaskState,
  now: number,
): { readonly container: ContainerState; readonly why: string } | undefined {
  for (const container of unstarted(state)) {
    const answer = readiness(state, container);
    if (answer.kind === 'never') return { container, why: answer.why };
    if (answer.kind === 'waiting' && answer.until !== undefined && answer.until <= now) {
      return { container, why: 'what it depends on was not ready within its startTimeout' };
    }
  }
  return undefined;
}

/** Of these, the ones nobody among them depends on: a shutdown takes containers in the reverse order of the start. */
export function leavesOf(containers: readonly ContainerState[]): readonly ContainerState[] {
  const needed = new Set(
    containers.flatMap(({ definition }) => (definition.dependsOn ?? []).map(({ containerName }) => containerName)),
  );
  const leaves = containers.filter(({ definition }) => !needed.has(definition.name));
  // A circle is refused when the definition is registered; if one comes all the same, it must end, too.
  return leaves.length > 0 ? leaves : containers;
}
