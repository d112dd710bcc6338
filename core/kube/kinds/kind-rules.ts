import type { FieldCause } from '../../fault.ts';
import type { KubeObject } from '../object.ts';

/** What is special about one kind; what all kinds share is decided elsewhere. */
export interface KindRules {
  /** What names may be; subdomains, when it is not said. */
  readonly name?: 'label' | 'subdomain';
  /**
   * Fills what the client left out, as the Kubernetes API server does; the same object again when nothing was. `before` is the
   * object it takes the place of.
   */
  readonly fillDefaults: (object: KubeObject, before?: KubeObject) => KubeObject;
  /** What is wrong with it; `before` is the object it takes the place of. */
  readonly check: (object: KubeObject, before?: KubeObject) => readonly FieldCause[];
  /** What of its cluster only one object of the kind may have at a time; none, for kinds without such things. */
  readonly claims?: (object: KubeObject) => readonly Claim[];
  /** Members whose change makes a new generation; none for kinds that have no generation. */
  readonly desired: readonly string[];
  /**
   * How a deleted object looks while its reconciler ends what it stands for, which then takes it away; undefined, or no such
   * rule: it goes at once. What it says of `deletionGracePeriodSeconds` puts the time of its deletion that far off;
   * `gracePeriodSeconds` is what the client asked for. Asked again when it is deleted again.
   */
  readonly ending?: (object: KubeObject, gracePeriodSeconds?: number) => KubeObject | undefined;
}

/** Something there is only one of, such as an address. */
export interface Claim {
  readonly name: string;
  /** Where the object says it, and what it is called when somebody else has it. */
  readonly field: string;
  readonly what: string;
}

/** A kind without rules of its own. */
export const PLAIN_RULES: KindRules = {
  fillDefaults: (object) => object,
  check: () => [],
  desired: [],
};
