/** What an answer says about its batch. `all`: Lambda could not make sense of it, so the whole batch failed. */
export type ReportedFailures = { readonly kind: 'some'; readonly ids: ReadonlySet<string> } | { readonly kind: 'all' };

const NONE: ReportedFailures = { kind: 'some', ids: new Set() };

/** Reads an answer as ReportBatchItemFailures does; `known` are the identifiers of the batch. */
export function reportedFailures(answer: unknown, known: ReadonlySet<string>): ReportedFailures {
  const listed = isRecord(answer) ? answer['batchItemFailures'] : undefined;
  if (listed === undefined || listed === null) return NONE;
  if (!Array.isArray(listed)) return { kind: 'all' };
  const ids = new Set<string>();
  for (const entry of listed) {
    const id: unknown = isRecord(entry) ? entry['itemIdentifier'] : undefined;
    if (typeof id !== 'string' || !known.has(id)) return { kind: 'all' };
    ids.add(id);
  }
  return { kind: 'some', ids };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
