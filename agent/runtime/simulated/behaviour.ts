import type { ContainerDefinition } from '#core/model/task-definition.ts';

/** What a simulated container does, read from its environment variables. */
export interface SimulatedBehaviour {
  /** BERTH_SIM_START_DELAY_MS: how long the start call takes. */
  readonly startDelayMs: number;
  /** BERTH_SIM_EXIT_AFTER_MS: the container ends by itself; absent means it runs until stopped. */
  readonly exitAfterMs?: number;
  /** BERTH_SIM_EXIT_CODE, of an exit by itself. */
  readonly exitCode: number;
  /** BERTH_SIM_FAIL_PULL, BERTH_SIM_FAIL_START: the message the step fails with. */
  readonly failPull?: string;
  readonly failStart?: string;
  /** BERTH_SIM_OOM: the exit counts as an out-of-memory kill. */
  readonly oomKilled: boolean;
  /** BERTH_SIM_FAIL_RUNS: so many runs of a pod's container end as it says; those after them stay. */
  readonly failRuns?: number;
  /** BERTH_SIM_READY_AFTER_MS: it answers over its network so long after its start; absent: at once. */
  readonly readyAfterMs: number;
  /** BERTH_SIM_IGNORE_TERM: only SIGKILL ends it, so a stop takes the whole timeout. */
  readonly ignoreTerm: boolean;
  /** BERTH_SIM_OUTPUT: a line it writes when it starts. */
  readonly output?: string;
}

export function behaviourOf(definition: ContainerDefinition): SimulatedBehaviour {
  const env = new Map(definition.environment?.map(({ name, value }) => [name ?? '', value ?? '']));
  const exitAfterMs = milliseconds(env.get('BERTH_SIM_EXIT_AFTER_MS'));
  const failPull = env.get('BERTH_SIM_FAIL_PULL');
  const failStart = env.get('BERTH_SIM_FAIL_START');
  const failRuns = milliseconds(env.get('BERTH_SIM_FAIL_RUNS'));
  const output = env.get('BERTH_SIM_OUTPUT');
  return {
    startDelayMs: milliseconds(env.get('BERTH_SIM_START_DELAY_MS')) ?? 0,
    ...(exitAfterMs === undefined ? {} : { exitAfterMs }),
    exitCode: milliseconds(env.get('BERTH_SIM_EXIT_CODE')) ?? 0,
    ...(failPull === undefined ? {} : { failPull }),
    ...(failStart === undefined ? {} : { failStart }),
    ...(failRuns === undefined ? {} : { failRuns }),
    readyAfterMs: milliseconds(env.get('BERTH_SIM_READY_AFTER_MS')) ?? 0,
    ...(output === undefined ? {} : { output }),
    oomKilled: env.has('BERTH_SIM_OOM'),
    ignoreTerm: env.has('BERTH_SIM_IGNORE_TERM'),
  };
}

function milliseconds(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
