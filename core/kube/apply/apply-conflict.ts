import { Fault, type FieldCause } from '../../fault.ts';
import { fieldPaths } from './field-set.ts';
import type { Owner } from './owners.ts';

/** Fields that others own and have otherwise, in the words kubectl's users know. */
export function applyConflict(conflicts: readonly Owner[]): Fault {
  const found = conflicts.flatMap((owner) =>
    [...fieldPaths(owner.fields)].map((path) => ({ owner: shownOwner(owner), path })),
  );
  const causes = found.map(
    ({ owner, path }): FieldCause => ({
      field: path,
      reason: 'FieldManagerConflict',
      message: `conflict with ${owner}`,
    }),
  );
  return new Fault('Conflict', messageOf(found), { causes });
}

/** `"kubectl-client-side-apply" using apps/v1`; whoever applies is known by name. */
function shownOwner({ name, operation, apiVersion, subresource }: Owner): string {
  const within = subresource === undefined ? '' : ` with subresource "${subresource}"`;
  const using = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `${JSON.stringify(name)}${within}${using}`;
}

function messageOf(found: readonly { readonly owner: string; readonly path: string }[]): string {
  const [first] = found;
  if (found.length === 1 && first) return `Apply failed with 1 conflict: conflict with ${first.owner}: ${first.path}`;
  const owners = [...new Set(found.map(({ owner }) => owner))].sort();
  const lines = owners.flatMap((owner) => [
    `conflicts with ${owner}:`,
    ...found.filter((one) => one.owner === owner).map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${found.length} conflicts: ${lines.join('\n')}`;
}
