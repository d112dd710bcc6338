/** Work that shares one commit with everything else submitted in the same turn of the event loop. */
interface GroupCommit {
  /** Resolves after the commit; rejects when the shared transaction failed, in which case nothing of it happened. */
  submit<T>(work: () => T): Promise<T>;
  /** Commits now what was submitted so far. */
  flush(): void;
}

interface Member {
  /** Runs inside the transaction and returns how to tell the caller once it is durable. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One flush to disk costs far more than the statements it makes durable, so callers of one turn share it.
 * `exclusively` runs work in one transaction, `later` decides when the turn is over.
 */
export function groupCommit(exclusively: <T>(work: () => T) => T, later: (work: () => void) => void): GroupCommit {
  let waiting: Member[] = [];

  const flush = (): void => {
    const members = waiting;
    waiting = [];
    if (members.length > 0) commit(exclusively, members);
  };

  const add = (member: Member): void => {
    if (waiting.length === 0) later(flush);
    waiting.push(member);
  };

  return {
    flush,
    submit: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        const run = (): (() => void) => {
          const result = work();
          return () => resolve(result);
        };
        add({ run, reject });
      }),
  };
}

function commit(exclusively: <T>(work: () => T) => T, members: readonly Member[]): void {
  try {
    const answers = exclusively(() => members.map((member) => member.run()));
    for (const answer of answers) answer();
  } catch (error) {
    for (const member of members) member.reject(error);
  }
}
