/** Values without members of their own, as Kubernetes' types name them. */
export type Scalar =
  | 'string'
  /** Base64 in JSON. */
  | 'bytes'
  | 'bool'
  | 'int32'
  | 'int64'
  /** `2026-11-21T16:53:09Z`. */
  | 'time'
  /** The same with microseconds. */
  | 'microtime'
  /** `1h30m`. */
  | 'duration'
  /** `500m`, `1Gi`. */
  | 'quantity'
  | 'intstr'
  /** Any object. */
  | 'raw'
  /** A set of fields as server-side apply writes it. */
  | 'fields'
  /** A list of strings that is a message of its own in protobuf. */
  | 'strings';

export type Shape =
  | { readonly kind: 'scalar'; readonly type: Scalar }
  /** Name of a type of the table. */
  | { readonly kind: 'object'; readonly type: string }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'map'; readonly value: Shape };

/** How a list is merged: by the keys of its elements, as a set of plain values, or not at all. */
export type ListMerge =
  | { readonly kind: 'by-key'; readonly keys: readonly [string, ...string[]] }
  | { readonly kind: 'set' }
  | { readonly kind: 'atomic' };

export interface Field {
  readonly name: string;
  /** In protobuf. */
  readonly number: number;
  readonly shape: Shape;
  readonly isRequired: boolean;
  /** An empty value says the same as none, and is left out where the object is written. */
  readonly isOmittedWhenEmpty: boolean;
  /** Server-side apply: the value has one owner. */
  readonly isAtomic: boolean;
  /** Of a list, for server-side apply. */
  readonly merge: ListMerge;
  /** Of a list, for strategic merge patches. */
  readonly patch: ListMerge;
  /** A strategic merge patch names the members that stay. */
  readonly retainsKeys: boolean;
  /** What a key of a list's elements is when it is left out. */
  readonly assumed?: string;
}

/** One type of the Kubernetes API. */
export interface TypeSchema {
  /** `core.v1.Pod`. */
  readonly name: string;
  /** It says its apiVersion and kind. */
  readonly isKind: boolean;
  readonly isAtomic: boolean;
  /** By name in JSON, those of embedded types included. */
  readonly fields: ReadonlyMap<string, Field>;
  /** By number in protobuf. An embedded type is a message of its own there. */
  readonly message: ReadonlyMap<number, Field | { readonly embedded: string }>;
}
