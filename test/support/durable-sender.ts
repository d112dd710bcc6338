/** Sends messages to the queue file named by its argument and prints each number once it is sent. */
import { writeSync } from 'node:fs';
import { systemClock } from '#adapters/clock.ts';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';

const [path = '', first = '0'] = process.argv.slice(2);
const queues = openMessageQueues({ path, clock: systemClock, queues: [{ name: 'work', visibilityMs: 60_000 }] });

for (let next = Number(first); ; next += 1) {
  queues.send('work', [{ body: String(next) }]);
  writeSync(1, `${next}\n`);
}
