/** Writes pairs of items to the store file named by its argument and prints each number once it is acknowledged. */
import { writeSync } from 'node:fs';
import { systemClock } from '#adapters/clock.ts';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import type { Write } from '#control/ports.ts';

const [path = '', first = '0'] = process.argv.slice(2);
const CONCURRENT = 8;

const store = openSqliteStore({ path, clock: systemClock });
const half = (pk: string, number: number): Write => ({
  kind: 'put',
  key: { pk, sk: String(number) },
  expect: 'absent',
  body: { kind: 'half', value: { number, filler: 'x'.repeat(500) } },
});

async function writePair(number: number): Promise<void> {
  const outcome = await store.transact([half('left', number), half('right', number)]);
  if (outcome.kind !== 'committed') throw new Error(`pair ${number} already stands`);
  writeSync(1, `${number}\n`);
}

for (let next = Number(first); ; next += CONCURRENT) {
  await Promise.all(Array.from({ length: CONCURRENT }, (_, offset) => writePair(next + offset)));
}
