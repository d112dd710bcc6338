import { hasSteadyPulse, isHeld, isWanted, type Oracle, type Sample, short } from '../sample.ts';

/** S11, as far as it can be seen from outside: no agent ends a container that is to run and that nobody else killed. */
export class NeedlessStops implements Oracle {
  readonly invariant = 'S11';

  look(sample: Sample, before: Sample | undefined): readonly string[] {
    if (!before) return [];
    const { containers, committed, killed } = sample;
    const running = new Set(containers.filter(({ isRunning }) => isRunning).map(({ identity }) => identity));
    const ended = before.containers.filter(
      ({ identity, isRunning }) => isRunning && !running.has(identity) && !killed.has(identity),
    );
    // Before the agent has said RUNNING the outcome of its start is open, and it may have to take it back.
    return ended
      .filter(({ taskId }) => before.committed.observations.get(taskId)?.status === 'RUNNING')
      .filter(({ taskId }) => isWanted(committed, taskId) && isHeld(committed, taskId))
      .filter(({ taskId, machine }) => !committed.tasks.get(taskId)?.fenced || hasContact(sample, machine))
      .map(({ name, machine }) => `${short(name)} ended on ${machine}, where it was to run`);
  }
}

/** A fenced task ends with its agent's lease: where heartbeats were answered all the time it had no reason to. */
function hasContact(sample: Sample, machine: string | undefined): boolean {
  const { at, machines, servingSince, timings } = sample;
  const found = machines.find(({ name }) => name === machine);
  const grace = timings.lease + 2 * timings.heartbeat;
  const isClear = [found?.clearSince, servingSince].every((since) => since !== undefined && at - since > grace);
  return isClear && hasSteadyPulse(sample, found?.pulse ?? []);
}
