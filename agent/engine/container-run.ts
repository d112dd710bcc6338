import { isOtherMemory } from './pod/pod-memory.ts';
import type { ContainerState, TaskState } from './task-state.ts';

/** The container has started, again or for the first time. */
export const begun = (container: ContainerState, now: number): ContainerState => ({
  ...container,
  phase: 'running',
  startedAt: now,
});

/** What is left when a run was taken away to start anew: nothing that was seen of it holds for the next one. */
export const cleared = ({ definition, startedAt }: ContainerState): ContainerState => ({
  definition,
  phase: 'none',
  seen: {},
  ...(startedAt === undefined ? {} : { startedAt }),
});

/**
 * Whether something changed that a restarted agent could not find out: when a run began, and what its health check has
 * said. Of containers without check and policy nobody asks, so their starts cost no flush.
 */
export const isNewRun = (before: TaskState, after: TaskState): boolean =>
  after.containers.some((container, at) => {
    const was = before.containers[at];
    if (after.pod) return isOtherMemory(was, container);
    return (
      needsMemory(container) &&
      (was?.startedAt !== container.startedAt ||
        was?.probe?.status !== container.probe?.status ||
        (was?.phase === 'restarting') !== (container.phase === 'restarting'))
    );
  });

const needsMemory = ({ definition }: ContainerState): boolean =>
  definition.healthCheck !== undefined || definition.restartPolicy?.enabled === true;
