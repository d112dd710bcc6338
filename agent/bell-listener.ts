import type { BellMessage } from '#events/agent-wire.ts';
import { fullJitter } from './client/backoff.ts';
import type { CallOutcome } from './client/control-plane.ts';
import { sleep } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';

/** Polls the agent's channel until told to stop; `onBell` says whether a bell was news. Losing the channel costs latency only: heartbeats go on. */
export async function listenForBells(
  deps: SessionDeps,
  listen: (signal: AbortSignal) => Promise<CallOutcome<readonly BellMessage[]>>,
  onBell: (bell: BellMessage) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { reconnect, reconnectMax } = deps.timings;
  let failures = 0;
  while (!signal.aborted) {
    const askedAt = deps.clock.monotonic();
    const outcome = await listen(signal);
    if (signal.aborted) return;
    if (outcome.kind === 'answered') {
      failures = 0;
      const fresh = outcome.answer.map(onBell).includes(true);
      // A channel that answers at once with nothing new must not turn the long poll into a busy loop.
      if (!fresh && deps.clock.monotonic() - askedAt < reconnect) await sleep(deps.timers, reconnect);
    } else {
      await sleep(deps.timers, fullJitter(failures, reconnect, reconnectMax, deps.random));
      failures += 1;
    }
  }
}
