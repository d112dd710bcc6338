import type { Item, ItemBody, Key, Wake } from '#control/ports.ts';
import type { JsonObject } from '#core/json.ts';
import { decodeWorkItem, encodeWorkItem } from '#events/work-item.ts';
import { expiryMilliseconds, expirySeconds } from '../store/expiry.ts';

/** One row of `items`, named as its columns are. */
export type ItemRow = {
  readonly pk: string;
  readonly sk: string;
  readonly version: number;
  readonly kind: string;
  /** JSON text, which drops undefined members. */
  readonly value: string;
  readonly gpk: string | null;
  readonly gsk: string | null;
  readonly wake: string | null;
  readonly wake_at: number | null;
  /** Epoch ms, a whole second. */
  readonly expires_at: number | null;
};

export function encodeRow(key: Key, version: number, body: ItemBody): ItemRow {
  return {
    pk: key.pk,
    sk: key.sk,
    version,
    kind: body.kind,
    value: JSON.stringify(body.value),
    gpk: body.index?.pk ?? null,
    gsk: body.index?.sk ?? null,
    wake: body.wake ? encodeWorkItem(body.wake.work) : null,
    wake_at: body.wake?.at ?? null,
    expires_at: body.expiresAt === undefined ? null : expiryMilliseconds(expirySeconds(body.expiresAt)),
  };
}

export function decodeRow(row: ItemRow): Item {
  return {
    key: { pk: row.pk, sk: row.sk },
    version: row.version,
    kind: row.kind,
    // The value column only ever holds what encodeRow made of an object.
    value: JSON.parse(row.value) as JsonObject,
    ...(row.gpk !== null && row.gsk !== null && { index: { pk: row.gpk, sk: row.gsk } }),
    ...(row.wake !== null && { wake: decodeWake(row.wake, row.wake_at) }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
  };
}

const decodeWake = (text: string, at: number | null): Wake => ({
  work: decodeWorkItem(text),
  ...(at !== null && { at }),
});
