import { type Oracle, type Sample, short } from '../sample.ts';

/** S1 and R8: a task epoch runs in one container at a time, and each of its containers starts once. */
export class OneCopy implements Oracle {
  readonly invariant = 'S1';
  /** Who was last seen running under a name, and when. */
  readonly #last = new Map<string, { readonly identity: string; readonly at: number }>();

  look({ at, containers, machines }: Sample, before: Sample | undefined): readonly string[] {
    const running = containers.filter(({ isRunning }) => isRunning);
    const found: string[] = [];
    for (const [name, copies] of Map.groupBy(running, (one) => one.name)) {
      if (copies.length > 1) found.push(`${short(name)} runs on ${copies.map(({ machine }) => machine).join(' and ')}`);
    }
    for (const { name, taskId, identity, machine } of running) {
      const last = this.#last.get(name);
      this.#last.set(name, { identity, at });
      if (last === undefined || last.identity === identity) continue;
      // An agent that lost its book and finds no container cannot know of a start that nobody was told of yet.
      const forgotAt = machines.find((one) => one.name === machine)?.forgotAt ?? Number.NEGATIVE_INFINITY;
      const wasTold = before?.committed.observations.get(taskId)?.status === 'RUNNING';
      if (forgotAt > last.at && !wasTold) continue;
      found.push(`${short(name)} was started a second time, on ${machine}: ${last.identity}, then ${identity}`);
    }
    return found;
  }
}
