import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import { type JoinToken, joinTokens, put, read } from '../records.ts';

const ONE_HOUR = 3_600_000;

/**
 * Makes a token that lets machines join a cluster. The text is returned once; the table keeps only its hash.
 * `lifetimeMs` defaults to one hour; undefined `uses` means any number until it expires.
 */
export async function createJoinToken(
  deps: Dependencies,
  cluster: string,
  options: { readonly lifetimeMs?: number; readonly uses?: number } = {},
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const token = deps.ids.hex(48);
  const expiresAt = deps.clock.now() + (options.lifetimeMs ?? ONE_HOUR);
  await recordJoinToken(deps, token, {
    cluster,
    expiresAt,
    ...(options.uses === undefined ? {} : { usesLeft: options.uses }),
  });
  return { token, expiresAt };
}

/** Stores a token somebody else made, such as the local runner's; storing the same one again changes nothing. */
export async function recordJoinToken(deps: Dependencies, token: string, value: JoinToken): Promise<void> {
  const hash = deps.ids.fingerprint(token);
  // A conflict says that the token is known already, which is what the caller wanted.
  await deps.store.transact([put(joinTokens, hash, value, 'absent', { expiresAt: value.expiresAt })]);
}

/** Spends one use of a token. Faults: AccessDenied, in one wording, so that guessing learns nothing. */
export async function spendJoinToken(deps: Dependencies, token: string, cluster: string): Promise<void> {
  const hash = deps.ids.fingerprint(token);
  const found = await read(deps.store, joinTokens, hash);
  const isValid =
    found && found.value.cluster === cluster && found.value.expiresAt > deps.clock.now() && found.value.usesLeft !== 0;
  if (!isValid)
    throw new Fault('AccessDenied', 'The join token is not valid for this cluster, was used up or has expired.');
  const { usesLeft, expiresAt } = found.value;
  if (usesLeft === undefined) return;
  const spent = put(joinTokens, hash, { ...found.value, usesLeft: usesLeft - 1 }, found.version, { expiresAt });
  const outcome = await deps.store.transact([spent]);
  if (outcome.kind === 'conflict')
    throw new Fault('Contended', 'The join token was used at the same moment; try again.');
}
