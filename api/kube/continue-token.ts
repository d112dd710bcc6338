import type { Dependencies } from '#control/dependencies.ts';
import { Fault } from '#core/fault.ts';
import { readToken, writeToken } from '../page-token.ts';
import type { KubeUser } from './auth/token-verifier.ts';

/** Where a list goes on: behind this key, as of this position of the collection's log. */
export interface Cursor {
  readonly after: string;
  readonly position: number;
}

interface Signer {
  readonly deps: Dependencies;
  readonly user: KubeUser;
  readonly tokenKey: () => Promise<string>;
}

const listingOf = (filter: unknown) => ({ operation: 'kube.list', filter });

const contextOf = async ({ deps, user, tokenKey }: Signer) => ({
  key: await tokenKey(),
  principalArn: user.uid,
  now: deps.clock.now(),
});

/** Signed, for one user and one listing: nobody can make one up or use it elsewhere. */
export const writeContinue = async (signer: Signer, filter: unknown, cursor: Cursor): Promise<string> =>
  writeToken(await contextOf(signer), listingOf(filter), JSON.stringify(cursor));

/** Faults: Expired, for what is no token of this listing, too, so that the client lists again from the start. */
export async function readContinue(signer: Signer, filter: unknown, token: string): Promise<Cursor> {
  const context = await contextOf(signer);
  try {
    return JSON.parse(readToken(context, listingOf(filter), token)) as Cursor;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw new Fault(
      'Expired',
      'The provided continue parameter is too old or not valid; list again without it.',
      {},
      {
        cause,
      },
    );
  }
}
