import type { JsonObject } from '../../json.ts';
import type { KubeResource } from '../resource.ts';

/** Who asks. */
export interface Reviewer {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
}

/**
 * The `status` that answers a question which was posted as an object; nothing is stored. `resources` is the table of what is
 * served. Faults: InvalidParameter.
 */
export type Review = (question: JsonObject, asker: Reviewer, resources: readonly KubeResource[]) => JsonObject;
