import type { Json } from '../../json.ts';
import { isObject, timestamp } from '../object.ts';
import { parseQuantity } from '../quantity.ts';
import type { Scalar } from './shape.ts';

/** What came of a value: the value as it is kept, or why it is none of its type. */
export type Reading =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'wrong-type' }
  | { readonly kind: 'wrong'; readonly why: string };

const read = (value: Json): Reading => ({ kind: 'value', value });
const wrong = (why: string): Reading => ({ kind: 'wrong', why });
const WRONG_TYPE: Reading = { kind: 'wrong-type' };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Longer than any number or instant that means something. */
const MAX_WRITTEN = 100;

/** Reads a value without members, as the Kubernetes API server does: what means the same is written in one way. */
export function decodeScalar(type: Scalar, value: Json): Reading {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? read(value) : WRONG_TYPE;
    case 'bool':
      return typeof value === 'boolean' ? read(value) : WRONG_TYPE;
    case 'int32':
      return isInteger(value, 2 ** 31) ? read(value) : WRONG_TYPE;
    case 'int64':
      return isInteger(value, 2 ** 63) ? read(value) : WRONG_TYPE;
    case 'intstr':
      return typeof value === 'string' || isInteger(value, 2 ** 31) ? read(value) : WRONG_TYPE;
    case 'bytes':
      return typeof value === 'string' ? decodeBase64(value) : WRONG_TYPE;
    case 'quantity':
      return decodeQuantity(value);
    case 'time':
    case 'microtime':
      return typeof value === 'string' ? decodeTime(value, type) : WRONG_TYPE;
    case 'duration':
      return typeof value === 'string' ? read(value) : WRONG_TYPE;
    case 'raw':
      return read(value);
    case 'fields':
      return isObject(value) ? read(value) : WRONG_TYPE;
    case 'strings':
      return Array.isArray(value) && value.every((one) => typeof one === 'string') ? read(value) : WRONG_TYPE;
  }
}

const isInteger = (value: Json, limit: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit;

/** Line ends within it mean nothing. */
function decodeBase64(text: string): Reading {
  const plain = /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, '') : text;
  return BASE64.test(plain) ? read(plain) : wrong('illegal base64 data');
}

function decodeQuantity(value: Json): Reading {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return WRONG_TYPE;
  if (parseQuantity(text) !== undefined) return read(text);
  return wrong(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': " +
      JSON.stringify(text.slice(0, MAX_WRITTEN)),
  );
}

/** An instant in seconds of UTC; one in microseconds is kept as it is written. */
function decodeTime(text: string, type: 'time' | 'microtime'): Reading {
  const shown = JSON.stringify(text.slice(0, MAX_WRITTEN));
  // biome-ignore lint/style/noRestrictedGlobals: it reads the instant it is given and no clock.
  const instant = text.length <= MAX_WRITTEN && TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) {
    return wrong(`parsing time ${shown} as "2006-01-02T15:04:05Z07:00": cannot parse ${shown}`);
  }
  return read(type === 'microtime' || SECONDS.test(text) ? text : timestamp(instant));
}
