import { aligned } from '../lib/print-table.ts';
import { shortNumber } from '../lib/statistics.ts';
import { type Bill, type Ledger, operationsOf } from './meter.ts';

const HEADINGS = ['', 'operations', 'API', 'Lambda', 'write units', 'queue', '| read units', 'written'] as const;

/** A bill line by line, so that it can be argued with; every amount is divided by `by`. `net` is divided already. */
export function billLines(ledger: Ledger, by: number, net?: Bill): string {
  const rows = ledger.actors().map((actor) => {
    const own = ledger.of(actor);
    return lineOf(actor, own.bill(by), own.details('writeUnits', by));
  });
  const sums = [lineOf(net ? 'sum (gross)' : 'sum', ledger.bill(by)), ...(net ? [lineOf('net', net)] : [])];
  return aligned([HEADINGS, ...rows, ...sums]);
}

function lineOf(name: string, bill: Bill, written = ''): readonly string[] {
  const { apiRequests, invocations, writeUnits, queueRequests, readUnits } = bill;
  const amounts = [operationsOf(bill), apiRequests, invocations, writeUnits, queueRequests].map(shortNumber);
  return [`  ${name}`, ...amounts, `| ${shortNumber(readUnits)}`, written];
}
