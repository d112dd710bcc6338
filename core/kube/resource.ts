import type { KindRules } from './kinds/kind-rules.ts';

/** A verb of the API; `create` of a subresource is a POST to it. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A part of an object with a path of its own, such as `pods/log`. */
export interface Subresource {
  readonly name: string;
  /** Kind of what is sent and answered, with its own group and version where they are not the resource's. */
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly Verb[];
}

/** One row of the table from which paths, discovery, documents and checks are made. */
export interface KubeResource {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** Fields a list can be selected by, beside name and namespace. */
  readonly selectableFields: readonly string[];
  readonly rules: KindRules;
  /** Something brings objects of this kind closer to what they ask for: every change of one wakes it. */
  readonly isReconciled: boolean;
}

/** `pods`, `deployments.apps`: what names a resource in messages and in the table's keys. */
export const resourceName = ({ group, plural }: Pick<KubeResource, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

export const apiVersionOf = ({ group, version }: Pick<KubeResource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;
