import type { FieldCause } from '../../fault.ts';
import { base64OfText } from '../base64.ts';
import { isObject, type KubeObject } from '../object.ts';
import { checkImmutable, checkKeys } from './config-map.ts';
import type { KindRules } from './kind-rules.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Rules of a Secret (core/v1): `data` is base64, `stringData` is written into it, the type never changes. */
export const secretRules: KindRules = {
  fillDefaults: ({ stringData, ...object }) => {
    const data = { ...(isObject(object['data']) ? object['data'] : {}), ...encoded(stringData) };
    return {
      ...object,
      type: object['type'] ?? 'Opaque',
      ...(Object.keys(data).length > 0 ? { data } : {}),
    } as KubeObject;
  },
  check: (object, before) => [
    ...checkKeys(object, ['data']),
    ...checkBase64(object),
    ...checkImmutable(object, before, 'data'),
    ...(before && before['type'] !== object['type'] ? [TYPE_CHANGED] : []),
  ],
  desired: [],
};

const TYPE_CHANGED: FieldCause = { field: 'type', reason: 'FieldValueInvalid', message: 'field is immutable' };

const checkBase64 = (object: KubeObject): readonly FieldCause[] =>
  Object.entries(isObject(object['data']) ? object['data'] : {}).flatMap(([key, value]): FieldCause[] =>
    typeof value !== 'string' || BASE64.test(value)
      ? []
      : [{ field: `data[${key}]`, reason: 'FieldValueInvalid', message: 'Invalid value: is not base64' }],
  );

const encoded = (texts: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isObject(texts) ? texts : {}).map(([key, text]) => [key, base64OfText(String(text))]),
  );
