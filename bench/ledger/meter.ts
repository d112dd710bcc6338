import { AsyncLocalStorage } from 'node:async_hooks';

/** What AWS bills, one unit each. Read units are shown beside the operations, not counted among them. */
export type Column = 'apiRequests' | 'invocations' | 'writeUnits' | 'queueRequests' | 'readUnits';

export type Bill = Readonly<Record<Column, number>>;

/** The operations of the goals: everything billed but read units. */
export const operationsOf = (bill: Bill): number =>
  bill.apiRequests + bill.invocations + bill.writeUnits + bill.queueRequests;

/** What one bill has beyond another. */
export const beyond = (bill: Bill, other: Bill): Bill => ({
  apiRequests: bill.apiRequests - other.apiRequests,
  invocations: bill.invocations - other.invocations,
  writeUnits: bill.writeUnits - other.writeUnits,
  queueRequests: bill.queueRequests - other.queueRequests,
  readUnits: bill.readUnits - other.readUnits,
});

interface Entry {
  readonly actor: string;
  readonly column: Column;
  readonly amount: number;
  /** What was written or read, for the breakdown. */
  readonly detail: string;
}

/** Collects what was billed and for whom: whatever runs inside `as` is put to that actor's account. */
export class Meter {
  readonly #actor = new AsyncLocalStorage<string>();
  #entries: Entry[] = [];

  as<T>(actor: string, work: () => T): T {
    return this.#actor.run(actor, work);
  }

  add(column: Column, amount: number, detail = ''): void {
    this.#entries.push({ actor: this.#actor.getStore() ?? 'unattributed', column, amount, detail });
  }

  /** Everything since the last call. */
  take(): Ledger {
    const entries = this.#entries;
    this.#entries = [];
    return new Ledger(entries);
  }
}

/** What was billed in one stretch of time. */
export class Ledger {
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  static sum(ledgers: readonly Ledger[]): Ledger {
    return new Ledger(ledgers.flatMap((ledger) => ledger.#entries));
  }

  without(isOut: (actor: string) => boolean): Ledger {
    return new Ledger(this.#entries.filter(({ actor }) => !isOut(actor)));
  }

  /** The bill of everything, divided by `by`. */
  bill(by = 1): Bill {
    const bill: Record<Column, number> = {
      apiRequests: 0,
      invocations: 0,
      writeUnits: 0,
      queueRequests: 0,
      readUnits: 0,
    };
    for (const { column, amount } of this.#entries) bill[column] += amount / by;
    return bill;
  }

  actors(): readonly string[] {
    return [...new Set(this.#entries.map(({ actor }) => actor))].sort();
  }

  of(actor: string): Ledger {
    return new Ledger(this.#entries.filter((entry) => entry.actor === actor));
  }

  /** Units of one column whose detail does not begin with `kind`, divided by `by`. */
  unitsBeside(column: Column, kind: string, by = 1): number {
    return this.#entries
      .filter((entry) => entry.column === column && !entry.detail.startsWith(kind))
      .reduce((sum, { amount }) => sum + amount / by, 0);
  }

  /** "2 reservation, 1 task" of one column, divided by `by`. */
  details(column: Column, by = 1): string {
    const sums = new Map<string, number>();
    for (const entry of this.#entries) {
      if (entry.column !== column || entry.detail === '') continue;
      sums.set(entry.detail, (sums.get(entry.detail) ?? 0) + entry.amount / by);
    }
    return [...sums].map(([detail, amount]) => `${Number(amount.toFixed(2))} ${detail}`).join(', ');
  }
}
