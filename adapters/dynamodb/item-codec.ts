import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item, ItemBody, Key, Wake } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import { decodeWorkItem, encodeWorkItem } from '#events/work-item.ts';
import { expiryMilliseconds, expirySeconds } from '../store/expiry.ts';
import { originalValue, storableValue } from './storable-value.ts';

/** An item as the table holds it. The names are short because DynamoDB bills each one with every item. */
interface StoredItem {
  readonly pk: string;
  readonly sk: string;
  /** Version. */
  readonly v: number;
  readonly kind: string;
  /** The value. */
  readonly d: NativeAttributeValue;
  readonly gpk?: string;
  readonly gsk?: string;
  /** Text of the work item, ready to be a queue message. */
  readonly wake?: string;
  /** Epoch ms. */
  readonly wakeAt?: number;
  /** Epoch seconds, as DynamoDB's time to live wants it. */
  readonly ttl?: number;
}

/** JSON semantics: undefined members vanish, and numbers beyond 2^53 lose precision instead of being refused. */
export const MARSHALL_OPTIONS = Object.freeze({ removeUndefinedValues: true, allowImpreciseNumbers: true });
export const UNMARSHALL_OPTIONS = Object.freeze({ wrapNumbers: Number });

export function encodeItem(key: Key, version: number, body: ItemBody): StoredItem {
  const { kind, value, index, wake, expiresAt } = body;
  return {
    ...key,
    v: version,
    kind,
    d: storableValue(value),
    ...(index && { gpk: index.pk, gsk: index.sk }),
    ...(wake && { wake: encodeWorkItem(wake.work) }),
    ...(wake?.at !== undefined && { wakeAt: wake.at }),
    ...(expiresAt !== undefined && { ttl: expirySeconds(expiresAt) }),
  };
}

/** Reads attributes that encodeItem, the table's only writer, has written. */
export function decodeItem(attributes: Readonly<Record<string, NativeAttributeValue>>): Item {
  const stored = attributes as StoredItem;
  return {
    key: { pk: stored.pk, sk: stored.sk },
    version: stored.v,
    kind: stored.kind,
    value: originalValue(stored.d as JsonObject),
    ...(stored.gpk !== undefined && stored.gsk !== undefined && { index: { pk: stored.gpk, sk: stored.gsk } }),
    ...(stored.wake !== undefined && { wake: decodeWake(stored.wake, stored.wakeAt) }),
    ...(stored.ttl !== undefined && { expiresAt: expiryMilliseconds(stored.ttl) }),
  };
}

/** The item of an exception, which the document client leaves in DynamoDB's own JSON. */
export const decodeRawItem = (attributes: Record<string, AttributeValue>): Item =>
  decodeItem(unmarshall(attributes, UNMARSHALL_OPTIONS));

const decodeWake = (text: string, at: number | undefined): Wake => ({
  work: decodeWorkItem(text),
  ...(at !== undefined && { at }),
});

interface ImageAttribute {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
}

/** An item in a stream record, as Lambda hands it over: DynamoDB's own JSON. */
type StreamImage = Readonly<Record<string, ImageAttribute>>;

/** What a change of an item says to the stream's consumers; the value itself is for readers of the table. */
interface StreamedItem {
  readonly kind: string;
  readonly key: Key;
  readonly wake?: Wake;
}

/** Faults: InvalidParameter for an image this table could not have made, so that it ends in the dead-letter queue. */
export function decodeStreamImage(image: StreamImage): StreamedItem {
  const wake = image.wake?.S;
  const wakeAt = image.wakeAt?.N;
  return {
    kind: text(image, 'kind'),
    key: { pk: text(image, 'pk'), sk: text(image, 'sk') },
    ...(wake !== undefined && { wake: decodeWake(wake, wakeAt === undefined ? undefined : Number(wakeAt)) }),
  };
}

/** The image the table's stream would carry for an item: the embedded runner feeds the same functions the same bytes. */
export const encodeStreamImage = ({ key, version, ...body }: Item): Record<string, AttributeValue> =>
  marshall(encodeItem(key, version, body), MARSHALL_OPTIONS);

function text(image: StreamImage, name: string): string {
  const value = image[name]?.S;
  if (value === undefined) throw new Fault('InvalidParameter', `the stream image has no text in ${name}`);
  return value;
}
