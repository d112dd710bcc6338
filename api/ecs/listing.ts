import type { Call } from './operation.ts';
import { type Listing, readToken, writeToken } from './page-token.ts';

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
  { deps }: Call,
  listing: Listing,
  request: PageRequest,
  load: (page: Page) => Promise<T>,
  defaultSize = 100,
): Promise<{ readonly page: T; readonly nextToken?: string }> {
  const after = readToken(deps.ids, listing, request.nextToken);
  const limit = request.maxResults ?? defaultSize;
  const page = await load(after === undefined ? { limit } : { limit, after });
  return page.next === undefined ? { page } : { page, nextToken: writeToken(deps.ids, listing, page.next) };
}
