import type { InputPiece, SessionGrant, SessionProgress, WaitingOutput } from '#core/model/session.ts';
import type { Dependencies } from '../dependencies.ts';
import { sessionPartition } from '../keys.ts';
import type { Item } from '../ports.ts';
import { asRecord, sessionGrants, sessionInput, sessionOutput, sessionProgress, type Versioned } from '../records.ts';

/** A session as it stands: both halves, and the pieces nobody has read for sure, oldest first. */
export interface SessionState {
  readonly grant: Versioned<SessionGrant>;
  readonly progress?: Versioned<SessionProgress>;
  readonly input: readonly Versioned<InputPiece>[];
  readonly output: readonly Versioned<WaitingOutput>[];
}

/** One strongly consistent read; undefined when there is no such session, or not any more. */
export async function readSession(
  deps: Pick<Dependencies, 'store'>,
  sessionId: string,
): Promise<SessionState | undefined> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await deps.store.query({ pk: sessionPartition(sessionId), ...(after === undefined ? {} : { after }) });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  const of = (kind: string): readonly Item[] => items.filter((item) => item.kind === kind);
  const [grant] = of(sessionGrants.kind);
  const [progress] = of(sessionProgress.kind);
  if (!grant) return undefined;
  return {
    grant: asRecord(sessionGrants, grant),
    ...(progress && { progress: asRecord(sessionProgress, progress) }),
    input: of(sessionInput.kind).map((item) => asRecord(sessionInput, item)),
    output: of(sessionOutput.kind).map((item) => asRecord(sessionOutput, item)),
  };
}
