import { type Oracle, type Sample, short } from '../sample.ts';

/**
 * S2: of a fenced service at most one container runs per slot, across epochs. It cannot hold where its premises do not:
 * while the control plane's clock is wrong by more than the margins, and where nobody can reach the engine to end a container.
 */
export class OneOfSlot implements Oracle {
  readonly invariant = 'S2';

  look({ at, containers, committed, machines, rightTimeSince, timings }: Sample): readonly string[] {
    const settled = (since: number | undefined): boolean => since !== undefined && at - since > 2 * timings.lease;
    if (!settled(rightTimeSince)) return [];
    const bySlot = Map.groupBy(
      containers.filter(({ isRunning }) => isRunning),
      ({ taskId }) => {
        const { fenced, slot } = committed.tasks.get(taskId) ?? {};
        return fenced && slot ? `${slot.service} ${slot.deployment} ${slot.index}` : undefined;
      },
    );
    return [...bySlot].flatMap(([slot, copies]) => {
      if (slot === undefined || copies.length < 2) return [];
      const where = copies.map(({ name, machine }) => `${short(name)} on ${machine}`);
      const hasEngine = copies.every(({ machine }) =>
        settled(machines.find(({ name }) => name === machine)?.engineClearSince),
      );
      return hasEngine ? [`slot ${slot} runs twice: ${where.join(', ')}`] : [];
    });
  }
}
