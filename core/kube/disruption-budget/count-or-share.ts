import type { FieldCause } from '../../fault.ts';
import type { Json } from '../../json.ts';
import { invalid } from '../causes.ts';

const SHARE = /^(\d{1,3})%$/;
/** Far more pods than there are; the API's integers have 32 bits. */
const MAX_COUNT = 2 ** 31 - 1;

/** So many of `whole`: a number, or a share such as `25%`, rounded up unless told otherwise. Undefined for what is neither. */
export function countOf(value: unknown, whole: number, round = Math.ceil): number | undefined {
  if (typeof value === 'number') return value;
  const share = shareOf(value);
  return share === undefined ? undefined : round((share * whole) / 100);
}

export const isShare = (value: unknown): boolean => shareOf(value) !== undefined;

function shareOf(value: unknown): number | undefined {
  const [, digits] = (typeof value === 'string' ? SHARE.exec(value) : null) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** What is wrong with a number or a share that is there. */
export function checkCount(field: string, value: Json | undefined): readonly FieldCause[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT) return [];
  const share = shareOf(value);
  if (share !== undefined && share <= 100) return [];
  return [invalid(field, value, 'must be a whole number that is not negative, or a share from 0% to 100%')];
}
