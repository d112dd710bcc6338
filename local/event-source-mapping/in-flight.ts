/** Work that has begun and not ended. */
export interface InFlight {
  readonly size: number;
  /** The work must not reject. */
  add(work: Promise<void>): void;
  /** Resolves when one piece of it ends; at once when there is none. */
  oneLess(): Promise<void>;
  /** Resolves when there is none, including what began meanwhile. */
  none(): Promise<void>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  const none = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  return {
    get size() {
      return running.size;
    },
    add: (work) => {
      const ended: Promise<void> = work.finally(() => running.delete(ended));
      running.add(ended);
    },
    oneLess: async () => {
      if (running.size > 0) await Promise.race(running);
    },
    none,
  };
}
