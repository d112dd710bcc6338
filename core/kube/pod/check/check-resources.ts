import type { FieldCause } from '../../../fault.ts';
import type { Json } from '../../../json.ts';
import { invalid } from '../../causes.ts';
import { objectAt } from '../../object.ts';
import { parseQuantity } from '../../quantity.ts';

/** Amounts a container asks for and may have: quantities, and no more asked for than allowed. */
export function checkResources(resources: Json | undefined, path: string): readonly FieldCause[] {
  const { requests, limits } = objectAt(resources);
  const most = objectAt(limits);
  const each = (member: string, amounts: Json | undefined): readonly FieldCause[] =>
    Object.entries(objectAt(amounts)).flatMap(([name, amount]) => {
      const quantity = parseQuantity(amount);
      if (quantity === undefined)
        return [invalid(`${path}.${member}[${name}]`, amount, 'must be a quantity, such as 250m or 64Mi')];
      return quantity < 0n ? [invalid(`${path}.${member}[${name}]`, amount, 'must be greater than or equal to 0')] : [];
    });
  const tooMuch = Object.entries(objectAt(requests)).flatMap(([name, amount]) => {
    const [asked, limit] = [parseQuantity(amount), parseQuantity(most[name])];
    if (asked === undefined || limit === undefined || asked <= limit) return [];
    return [
      invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${String(most[name])}`),
    ];
  });
  return [...each('limits', limits), ...each('requests', requests), ...tooMuch];
}
