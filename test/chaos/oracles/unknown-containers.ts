import { isHeld, isWanted, type Oracle, type Sample, short } from '../sample.ts';

/** At the documented pace; the rest of the bound does not scale: one call that hangs until its timeout, and a stop. */
const CONTACT_MS = 60_000;
const CALL_MS = 10_000;
const STOP_MS = 5_000;
const SWEEP_MS = 30_000;

/** S10: a container that nobody wants is gone within a minute of contact with its agent. */
export class UnknownContainers implements Oracle {
  readonly invariant = 'S10';
  /** Since when each has been running without being wanted. */
  readonly #since = new Map<string, number>();

  look({ at, containers, committed, machines, servingSince, timings }: Sample): readonly string[] {
    const unwanted = containers.filter(
      ({ isRunning, taskId }) => isRunning && !(isWanted(committed, taskId) && isHeld(committed, taskId)),
    );
    const names = new Set(unwanted.map(({ identity }) => identity));
    for (const identity of this.#since.keys()) if (!names.has(identity)) this.#since.delete(identity);
    const bound = (CONTACT_MS * timings.sweep) / SWEEP_MS + CALL_MS + STOP_MS;
    return unwanted.flatMap(({ identity, name, machine }) => {
      const since = this.#since.get(identity) ?? at;
      this.#since.set(identity, since);
      const clearSince = machines.find((one) => one.name === machine)?.clearSince;
      if (machine !== undefined && (clearSince === undefined || servingSince === undefined)) return [];
      const contact = at - Math.max(since, clearSince ?? since, servingSince ?? since);
      return contact > bound
        ? [`${short(name)} runs unwanted on ${machine ?? 'no known machine'} for ${Math.round(contact)} ms of contact`]
        : [];
    });
  }
}
