import { Fault } from '#core/fault.ts';
import { paged } from '../ecs/listing.ts';

const MAX_PAGE = 100;

/** One page of a list operation; EKS's pages have at most 100 entries, and so many unless fewer are asked for. */
export const eksPaged: typeof paged = (call, listing, request, load) => {
  const { maxResults } = request;
  if (maxResults !== undefined && (maxResults < 1 || maxResults > MAX_PAGE)) {
    throw new Fault('InvalidParameter', `maxResults must be between 1 and ${MAX_PAGE}.`);
  }
  return paged(call, listing, request, load, MAX_PAGE);
};
