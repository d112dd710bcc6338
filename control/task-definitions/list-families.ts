import type { Dependencies } from '../dependencies.ts';
import { findDefinition } from './find-definition.ts';
import { walkFamilies } from './walk-families.ts';

export interface FamilyPage {
  readonly prefix?: string;
  /** A family is ACTIVE while one of its revisions is. */
  readonly status: 'ACTIVE' | 'INACTIVE' | 'ALL';
  readonly after?: string;
  readonly limit: number;
}

/** Names of families in order; `next` is the `after` of the following page. */
export async function listFamilies(
  deps: Pick<Dependencies, 'store'>,
  page: FamilyPage,
): Promise<{ readonly families: readonly string[]; readonly next?: string }> {
  const families: string[] = [];
  for await (const family of walkFamilies(deps, page)) {
    if (!(await hasStatus(deps, family, page.status))) continue;
    if (families.length === page.limit) return { families, next: families[families.length - 1] ?? '' };
    families.push(family);
  }
  return { families };
}

async function hasStatus(
  deps: Pick<Dependencies, 'store'>,
  family: string,
  status: FamilyPage['status'],
): Promise<boolean> {
  if (status === 'ALL') return true;
  const active = (await findDefinition(deps, family)) !== undefined;
  return active === (status === 'ACTIVE');
}
