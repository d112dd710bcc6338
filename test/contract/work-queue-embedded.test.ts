import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { createEmbeddedQueue } from '#adapters/embedded/work-queue.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';
import { workQueueContract } from './work-queue.case.ts';

workQueueContract(async () => {
  const clock = steppedClock();
  const queues = openMessageQueues({ path: ':memory:', clock, queues: [{ name: 'work', visibilityMs: 60_000 }] });
  return {
    queue: createEmbeddedQueue({ queues, names: { service: 'work', placement: 'work', capacity: 'work' } }),
    receive: async () => queues.receive('work', 100).map(({ body }) => body),
    pass: async (ms) => clock.advance(ms),
    stop: async () => queues.close(),
  };
});
