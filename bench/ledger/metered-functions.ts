import type { Invoke } from '#local/load-functions.ts';
import type { Meter } from './meter.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Started by an event source, so nobody's request is there to be billed to. */
const BY_EVENT = new Set(['onStateChange', 'serviceWorker', 'placementWorker', 'capacityWorker']);

/** Counts every invocation, and puts what it does to the account of who caused it. */
export function meteredFunctions(
  functions: ReadonlyMap<string, Invoke>,
  meter: Meter,
  time: VirtualTime,
): ReadonlyMap<string, Invoke> {
  const metered = (name: string, invoke: Invoke): Invoke => {
    const run: Invoke = (event) => {
      meter.add('invocations', 1, name);
      return time.busy(() => invoke(event));
    };
    return BY_EVENT.has(name) ? (event) => meter.as(`function ${name}`, () => run(event)) : run;
  };
  return new Map([...functions].map(([name, invoke]) => [name, metered(name, invoke)]));
}
