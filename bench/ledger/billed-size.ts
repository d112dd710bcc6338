import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { encodeItem, MARSHALL_OPTIONS } from '#adapters/dynamodb/item-codec.ts';
import type { ItemBody, Key } from '#control/ports.ts';

const KIB = 1_024;
const bytes = (text: string): number => Buffer.byteLength(text);

/** Size of an item as DynamoDB bills it: attribute names and values. Source: "DynamoDB item sizes and formats". */
export const billedSize = (key: Key, version: number, body: ItemBody): number =>
  membersSize(marshall(encodeItem(key, version, body), MARSHALL_OPTIONS));

const membersSize = (members: Record<string, AttributeValue>): number =>
  Object.entries(members).reduce((sum, [name, value]) => sum + bytes(name) + valueSize(value), 0);

/** Maps and lists cost three bytes, and one more for each member; a number one byte for two digits and one more. */
function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return bytes(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 1;
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + membersSize(value.M);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, member) => sum + 1 + valueSize(member), 0);
  return 1;
}

export const writeUnits = (size: number): number => Math.max(1, Math.ceil(size / KIB));
export const readUnits = (size: number): number => Math.max(1, Math.ceil(size / (4 * KIB)));
