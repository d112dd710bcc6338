import type { ContainerState } from './task-state.ts';

const DEFAULT_ATTEMPT_PERIOD = 300;

/**
 * Whether a container that ended by itself runs again inside its task: its policy says so, the exit code is not one of
 * those it ignores, and this run lasted long enough.
 */
export function restarts(
  { definition: { restartPolicy }, startedAt }: ContainerState,
  exitCode: number | undefined,
  now: number,
): boolean {
  if (!restartPolicy?.enabled || startedAt === undefined || exitCode === undefined) return false;
  const { ignoredExitCodes = [], restartAttemptPeriod = DEFAULT_ATTEMPT_PERIOD } = restartPolicy;
  return !ignoredExitCodes.includes(exitCode) && now - startedAt >= restartAttemptPeriod * 1_000;
}
