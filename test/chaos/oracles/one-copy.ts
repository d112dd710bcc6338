import { type Oracle, short } from '../sample.ts';

/** S1 and R8: a task epoch runs in one container at a time, and each of its containers starts once. */
export class OneCopy implements Oracle {
  readonly invariant = 'S1';
  /** Who was first seen running under a name. */
  readonly #first = new Map<string, string>();

  look({ containers }: Parameters<Oracle['look']>[0]): readonly string[] {
    const running = containers.filter(({ isRunning }) => isRunning);
    const found: string[] = [];
    for (const [name, copies] of Map.groupBy(running, (one) => one.name)) {
      if (copies.length > 1) found.push(`${short(name)} runs on ${copies.map(({ machine }) => machine).join(' and ')}`);
    }
    for (const { name, identity, machine } of running) {
      const first = this.#first.get(name) ?? identity;
      this.#first.set(name, first);
      if (first === identity) continue;
      found.push(`${short(name)} was started a second time, on ${machine}: ${first}, then ${identity}`);
    }
    return found;
  }
}
