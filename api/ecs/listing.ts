import { type Listing, readToken, type TokenContext, writeToken } from '../page-token.ts';
import type { Call } from './operation.ts';

interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

interface Page {
  readonly after?: string;
  readonly limit: number;
}

/** Runs one page of a list operation: token in, token out. */
export async function paged<T extends { readonly next?: string }>(
  call: Call,
  listing: Listing,
  { nextToken, maxResults }: PageRequest,
  load: (page: Page) => Promise<T>,
  defaultSize = 100,
): Promise<{ readonly page: T; readonly nextToken?: string }> {
  const limit = maxResults ?? defaultSize;
  const page = await load(
    nextToken ? { limit, after: readToken(await contextOf(call), listing, nextToken) } : { limit },
  );
  return page.next === undefined
    ? { page }
    : { page, nextToken: writeToken(await contextOf(call), listing, page.next) };
}

/** Asked for only when there is a token to read or to write: most lists fit one page. */
const contextOf = async ({ deps, principalArn, pageTokenKey }: Call): Promise<TokenContext> => ({
  key: await pageTokenKey(),
  principalArn,
  now: deps.clock.now(),
});
