import { expect, test } from 'vitest';
import { openMessageQueues } from '#adapters/embedded/message-queue.ts';
import { createEmbeddedQueue } from '#adapters/embedded/work-queue.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';
import { workQueueContract } from './work-queue.case.ts';

const NAMES = { service: 'work', placement: 'work', capacity: 'work', object: 'work' };

function openQueues() {
  const clock = steppedClock();
  const queues = openMessageQueues({ path: ':memory:', clock, queues: [{ name: 'work', visibilityMs: 60_000 }] });
  return { clock, queues };
}

workQueueContract(async () => {
  const { clock, queues } = openQueues();
  return {
    queue: createEmbeddedQueue({ queues, names: NAMES }),
    receive: async () => queues.receive('work', 100).map(({ body }) => body),
    pass: async (ms) => clock.advance(ms),
    stop: async () => queues.close(),
  };
});

test('embedded queue, its file cannot be written, the sender learns that nothing was promised', async () => {
  const { queues } = openQueues();
  queues.close();
  const sent = createEmbeddedQueue({ queues, names: NAMES }).send([{ work: { kind: 'capacity', cluster: 'default' } }]);
  await expect(sent).rejects.toMatchObject({ name: 'Fault', code: 'Unavailable' });
});
