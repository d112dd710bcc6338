import { AGENT_PROTOCOL } from '#events/agent-wire.ts';
import type { Credential } from '../client/token.ts';
import { messageOf } from '../ports.ts';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { SessionDeps } from '../session-deps.ts';
import { runSession } from './run-session.ts';

/** Sessions carried out at a time; more wait for the next call, and are void after a minute. */
const MAX_RUNNING = 16;
/** Ids remembered, so that a session that is heard of twice is taken up once. */
const MAX_KNOWN = 1_000;

/** Takes up the sessions that wait for this agent. */
export class SessionHost {
  readonly #deps: SessionDeps;
  readonly #runtime: ContainerRuntime;
  readonly #credential: Credential;
  readonly #known = new Set<string>();
  #running = 0;

  constructor(deps: SessionDeps, runtime: ContainerRuntime, credential: Credential) {
    this.#deps = deps;
    this.#runtime = runtime;
    this.#credential = credential;
  }

  /** Sessions that are said to wait; those heard of before are ignored. */
  hear(sessionIds: readonly string[]): void {
    for (const id of sessionIds) {
      if (this.#running >= MAX_RUNNING || this.#known.has(id)) continue;
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.add(id);
      this.#running += 1;
      void this.#run(id)
        .catch((error: unknown) => this.#deps.log.error('a session failed', { sessionId: id, error: messageOf(error) }))
        .finally(() => {
          this.#running -= 1;
        });
    }
  }

  async #run(sessionId: string): Promise<void> {
    const { sessions } = this.#deps;
    if (!sessions) return;
    const head = { protocol: AGENT_PROTOCOL, agentEpoch: this.#credential.agentEpoch, sessionId };
    const claim = await sessions.claim(head, this.#credential);
    if (claim.kind === 'unavailable') {
      // Nobody heard it, or the answer was lost: in the first case the next call finds it unclaimed.
      this.#known.delete(sessionId);
      return;
    }
    // Refused: it is over, or another life of this agent has it.
    if (claim.kind !== 'answered') return;
    const world = {
      ...this.#deps,
      runtime: this.#runtime,
      exchange: (request: Parameters<Parameters<typeof runSession>[0]['exchange']>[0]) =>
        sessions.exchange({ ...head, ...request }, this.#credential),
    };
    await runSession(world, claim.answer);
  }
}
