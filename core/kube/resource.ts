import type { KindRules } from './kinds/kind-rules.ts';
import type { KubeObject, RawObject } from './object.ts';
import type { Review } from './review/review.ts';

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
  /** Absent: what is sent and answered is the object. */
  readonly face?: Face;
}

/** How a part of an object is shown as an object of another kind. */
export interface Face {
  readonly show: (object: KubeObject) => KubeObject;
  /** The object as it shall be, when what is shown shall be as it was sent. */
  readonly change: (before: KubeObject, sent: RawObject) => RawObject;
}

/** Another face of a stored resource: the same objects and versions, in another group and with other members. */
export interface ResourceView {
  /** Name of the resource whose objects are shown. */
  readonly of: string;
  readonly show: (stored: KubeObject) => KubeObject;
  /** Where the stored object has what is called so here. */
  readonly fieldOf: (shown: string) => string;
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
  /** Where a selectable field is found when its name is no path; others are found where their name says. */
  readonly fieldPaths?: Readonly<Record<string, string>>;
  /** Absent: its objects are stored as they are. */
  readonly view?: ResourceView;
  /** Answers what is posted at once: nothing of this kind is stored. */
  readonly review?: Review;
  readonly rules: KindRules;
  /** Something brings objects of this kind closer to what they ask for: every change of one wakes it. */
  readonly isReconciled: boolean;
}

/** `pods`, `deployments.apps`: what names a resource in messages and in the table's keys. */
export const resourceName = ({ group, plural }: Pick<KubeResource, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

/** The name under which its objects are stored, and which their log has. */
export const collectionName = (resource: Pick<KubeResource, 'group' | 'plural' | 'view'>): string =>
  resource.view?.of ?? resourceName(resource);

/** A stored object as this resource shows it. */
export const shownAs = ({ view }: KubeResource, stored: KubeObject): KubeObject => view?.show(stored) ?? stored;

export const apiVersionOf = ({ group, version }: Pick<KubeResource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;
