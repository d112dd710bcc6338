import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkMessage, WorkQueue } from '#control/ports.ts';
import { encodeWorkItem } from '#events/work-item.ts';

export interface WorkQueueSubject {
  readonly queue: WorkQueue;
  /** Bodies that can be received now from the queue of service work, each once. */
  receive(): Promise<readonly string[]>;
  /** Lets that much time pass. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

const workOn = (service: string): WorkMessage['work'] => ({ kind: 'service', cluster: 'default', service });

export function workQueueContract(start: () => Promise<WorkQueueSubject>): void {
  let subject: WorkQueueSubject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject.stop());

  test('queue, more messages than one request holds, every one arrives encoded', async () => {
    const works = Array.from({ length: 23 }, (_, at) => workOn(`web-${at}`));
    await subject.queue.send(works.map((work) => ({ work })));
    expect([...(await subject.receive())].sort()).toEqual(works.map(encodeWorkItem).sort());
  });

  test('queue, a delayed message, it arrives after its delay only', async () => {
    await subject.queue.send([{ work: workOn('later'), delaySeconds: 1 }]);
    expect(await subject.receive()).toEqual([]);
    await subject.pass(1_100);
    expect(await subject.receive()).toEqual([encodeWorkItem(workOn('later'))]);
  });
}
