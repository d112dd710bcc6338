import type { APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import type { Clock } from '#control/ports.ts';
import type { Invoke } from './load-functions.ts';

/** What an authorizer of the simple kind answers: whether the poll may go on, and to which queue. */
export type Verdict = APIGatewaySimpleAuthorizerWithContextResult<{ readonly queueUrl: string }>;

/** Tokens whose verdicts are remembered, for each authorizer; the oldest makes room. */
const MAX_VERDICTS = 2_000;

interface Remembered {
  readonly verdict: Verdict;
  readonly until: number;
}

/**
 * Remembers verdicts as API Gateway does: for each authorizer, by the value of its identity source, allowed or not, for
 * `AuthorizerResultTtlInSeconds` from the answer. An authorizer that fails leaves nothing behind, and calls that
 * arrive before the first answer each ask for themselves.
 */
export function createVerdictCache(clock: Clock) {
  // By function, not by name: after a reset there are new ones, which remember nothing.
  const byAuthorizer = new WeakMap<Invoke, Map<string, Remembered>>();

  const verdictsOf = (authorizer: Invoke): Map<string, Remembered> => {
    const known = byAuthorizer.get(authorizer) ?? new Map<string, Remembered>();
    byAuthorizer.set(authorizer, known);
    return known;
  };

  return async (authorizer: Invoke, identity: string, event: unknown, verdictMs: number): Promise<Verdict> => {
    const verdicts = verdictsOf(authorizer);
    const known = verdicts.get(identity);
    if (known && clock.now() < known.until) return known.verdict;
    const verdict = (await authorizer(event)) as Verdict;
    verdicts.delete(identity);
    if (verdictMs > 0) verdicts.set(identity, { verdict, until: clock.now() + verdictMs });
    if (verdicts.size > MAX_VERDICTS) verdicts.delete([...verdicts.keys()][0] ?? '');
    return verdict;
  };
}
