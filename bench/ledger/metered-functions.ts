import type { Clock } from '#control/ports.ts';
import type { Invoke } from '#local/load-functions.ts';
import type { Meter } from './meter.ts';
import type { VirtualTime } from './virtual-time.ts';

const AUTHORIZER = 'agentAuthorizer';
/** AuthorizerResultTtlInSeconds of infra/agent-channel.yml. */
const VERDICT_MS = 30_000;
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

/** The gateway keeps an authorizer's verdict for a token, so a second poll with the same token invokes nothing. */
export function cachedVerdicts(functions: ReadonlyMap<string, Invoke>, clock: Clock): ReadonlyMap<string, Invoke> {
  const authorizer = functions.get(AUTHORIZER);
  if (!authorizer) throw new Error(`serverless.yml names no function ${AUTHORIZER}`);
  const verdicts = new Map<string, { readonly at: number; readonly verdict: Promise<unknown> }>();
  const cached: Invoke = (event) => {
    const token = (event as { readonly headers?: { readonly authorization?: string } }).headers?.authorization ?? '';
    const known = verdicts.get(token);
    if (known && clock.now() - known.at < VERDICT_MS) return known.verdict;
    const verdict = authorizer(event);
    verdicts.set(token, { at: clock.now(), verdict });
    return verdict;
  };
  return new Map([...functions, [AUTHORIZER, cached]]);
}
