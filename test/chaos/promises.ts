/** What clients were told, and must find kept at every later look. */
export class Promises {
  /** Newest acknowledged generation by service, as it was found in the store right after the answer. */
  readonly generations = new Map<string, number>();
  /** What each service was last told to be. */
  readonly services = new Map<string, string>();
  /** Task ids by client token; without ids until there was an answer. */
  readonly runs = new Map<string, { readonly count: number; readonly ids?: readonly string[] }>();
  /** Tasks whose stop was acknowledged. */
  readonly stops = new Set<string>();
  /** Answers that contradict each other. */
  readonly broken: string[] = [];
  /** Desired counts that a service was asked to have, with the monotonic ms of the call. */
  readonly counts: { readonly service: string; readonly desired: number; readonly at: number }[] = [];

  /** The highest count that a service may have been wanted to have since `at`. */
  highestCount(service: string, since: number): number {
    const own = this.counts.filter((asked) => asked.service === service);
    const recent = own.filter(({ at }, index) => at >= since || index === own.length - 1);
    return Math.max(0, ...recent.map(({ desired }) => desired));
  }
}
