import type { ContainerProbe, ProbeHandler } from '#core/model/pod.ts';
import type { HealthStatus } from '#core/model/task.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';

/** A question put to a running container again and again; times in milliseconds. */
export interface Probe {
  readonly action: ProbeHandler;
  readonly period: number;
  readonly timeout: number;
  /** Failures this soon after the start do not count, unless it has passed before. */
  readonly startPeriod: number;
  /** How many passes, or failures, in a row change the status. */
  readonly passesNeeded: number;
  readonly failuresNeeded: number;
}

/** What a probe has said of one run of a container. */
export interface ProbeState {
  readonly status: HealthStatus;
  /** In a row, up to now. */
  readonly passes: number;
  readonly failures: number;
}

const NEVER_PROBED: ProbeState = { status: 'UNKNOWN', passes: 0, failures: 0 };

/** The next state after one answer, `age` milliseconds after the container started. Counting starts anew at each change. */
export function probed(before: ProbeState = NEVER_PROBED, probe: Probe, passed: boolean, age: number): ProbeState {
  if (passed) {
    const passes = before.passes + 1;
    return { status: passes >= probe.passesNeeded ? 'HEALTHY' : before.status, passes, failures: 0 };
  }
  const isStarting = before.status === 'UNKNOWN' && before.passes === 0 && age < probe.startPeriod;
  if (isStarting) return before;
  const failures = before.failures + 1;
  return { status: failures >= probe.failuresNeeded ? 'UNHEALTHY' : before.status, passes: 0, failures };
}

/** ECS's defaults, in seconds. */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };

/** The probe of a container's health check; undefined when it has none. One that is in the image alone is not asked. */
export function healthProbe({ healthCheck }: Pick<ContainerDefinition, 'healthCheck'>): Probe | undefined {
  if (!healthCheck) return undefined;
  const { interval, timeout, retries, startPeriod } = { ...DEFAULTS, ...healthCheck };
  return {
    action: { kind: 'exec', command: commandOf(healthCheck.command) },
    period: interval * 1_000,
    timeout: timeout * 1_000,
    startPeriod: startPeriod * 1_000,
    passesNeeded: 1,
    failuresNeeded: retries,
  };
}

const commandOf = ([kind, ...rest]: readonly string[]): readonly string[] =>
  kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...rest] : rest;

/** A pod's probe. What it says counts from its first answer on: it is not asked before its delay is over. */
export const podProbe = (probe: ContainerProbe): Probe => ({
  action: probe.handler,
  period: probe.periodSeconds * 1_000,
  timeout: probe.timeoutSeconds * 1_000,
  startPeriod: 0,
  passesNeeded: probe.successThreshold,
  failuresNeeded: probe.failureThreshold,
});
