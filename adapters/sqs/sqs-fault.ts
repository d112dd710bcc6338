import { Fault } from '#core/fault.ts';

/** Every failure of a queue request means the same to its caller: nothing was promised, the sweep will find the work. */
export const unavailable = (cause: unknown): Fault =>
  new Fault('Unavailable', 'the queue cannot answer', {}, { cause });
