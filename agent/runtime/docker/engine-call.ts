import { messageOf, type Timers } from '../../ports.ts';
import { RuntimeFault, type RuntimeFaultCode } from '../runtime-fault.ts';

/** HTTP status of an engine's error, when it has one. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;

/**
 * One call to the engine with a bound on its time. After a timeout the call may still take effect, which is why the
 * task's machine discards containers whose start failed before it reports STOPPED.
 */
export async function engineCall<T>(
  timers: Timers,
  code: RuntimeFaultCode,
  timeoutMs: number,
  call: () => Promise<T>,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = timers.after(timeoutMs, () => {
    late.reject(new RuntimeFault('ContainerRuntimeTimeoutError', `the engine did not answer within ${timeoutMs} ms`));
  });
  try {
    return await Promise.race([call(), late.promise]);
  } catch (error) {
    throw error instanceof RuntimeFault ? error : new RuntimeFault(code, engineMessage(error), { cause: error });
  } finally {
    cancel();
  }
}

/** The engine's own words without the client library's prefix. */
const engineMessage = (error: unknown): string =>
  messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim();

/** Undefined for "no such thing" and for one more status that means "nothing to do". */
export async function unless404<T>(call: Promise<T>, also?: number): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || (also !== undefined && status === also)) return undefined;
    throw error;
  }
}
