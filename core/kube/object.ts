import type { Json, JsonObject } from '../json.ts';

/** Who owns an object, and so takes it along when it goes. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Which manager set which fields, and how (server-side apply). */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: JsonObject;
  readonly subresource?: string;
}

/** `ObjectMeta` of the Kubernetes API (apimachinery meta/v1), as far as a stored object has it. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  /** Absent for a cluster-scoped object. */
  readonly namespace?: string;
  readonly uid: string;
  /** Position of the object's newest change in its collection's log; see control/kube/commit-objects.ts. */
  readonly resourceVersion: string;
  /** Grows when the desired part changes; absent for kinds without one. */
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
}

/** An object of the Kubernetes API as it is stored. Members beside these belong to its kind. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [member: string]: unknown;
}

/** An object as a client sends it: nothing of it is known to be right. */
export type RawObject = JsonObject;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member that should be an object; anything else counts as an empty one. */
export const objectAt = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** Epoch ms of a time as Kubernetes writes it; NaN for anything else. */
// biome-ignore lint/style/noRestrictedGlobals: it reads the text it is given and no clock.
export const timeOf = (text: unknown): number => (typeof text === 'string' ? Date.parse(text) : Number.NaN);

/** `2026-11-21T16:53:09Z`: Kubernetes keeps whole seconds. */
export const timestamp = (epochMs: number): string =>
  // biome-ignore lint/style/noRestrictedGlobals: it formats the instant it is given and reads no clock.
  `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
