import { aligned } from '../lib/print-table.ts';
import { shortNumber } from '../lib/statistics.ts';
import { type Bill, type Ledger, operationsOf } from './meter.ts';

const HEADINGS = ['', 'operations', 'API', 'Lambda', 'write units', 'queue', '| read units', 'written'] as const;

/** A bill line by line, so that it can be argued with; every amount is divided by `by`. */
export function billLines(ledger: Ledger, by: number): string {
  const rows = ledger.actors().map((actor) => lineOf(actor, ledger.of(actor), by));
  return aligned([HEADINGS, ...rows, lineOf('sum', ledger, by)]);
}

function lineOf(name: string, ledger: Ledger, by: number): readonly string[] {
  const bill: Bill = ledger.bill(by);
  const { apiRequests, invocations, writeUnits, queueRequests, readUnits } = bill;
  const amounts = [operationsOf(bill), apiRequests, invocations, writeUnits, queueRequests].map(shortNumber);
  return [
    `  ${name}`,
    ...amounts,
    `| ${shortNumber(readUnits)}`,
    name === 'sum' ? '' : ledger.details('writeUnits', by),
  ];
}
