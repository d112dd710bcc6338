import type { Pattern } from './pattern/pattern.ts';

/** What an instance has none, one or (groups of its tasks) several of. */
export type TextSubject =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'agentConnected' | 'ec2InstanceId' | 'task:group' };

export type Relation = '==' | '!=' | '>' | '>=' | '<' | '<=';

/** A cluster query as data. Depth is bounded by the parser, so whoever walks it may recurse. */
export type Query =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Query[] }
  | { readonly kind: 'not'; readonly operand: Query }
  | { readonly kind: 'exists'; readonly subject: TextSubject }
  /** `==` is `in` with one value. */
  | {
      readonly kind: 'in';
      readonly subject: TextSubject;
      readonly values: ReadonlySet<string>;
      readonly isNegated: boolean;
    }
  | { readonly kind: 'matches'; readonly subject: TextSubject; readonly pattern: Pattern; readonly isNegated: boolean }
  | {
      readonly kind: 'attribute-order';
      readonly name: string;
      readonly relation: Exclude<Relation, '==' | '!='>;
      readonly bound: string;
    }
  | { readonly kind: 'agentVersion'; readonly relation: Relation; readonly bound: readonly number[] }
  /** Seconds since 1970, which is how precise a query can be. */
  | { readonly kind: 'registeredAt'; readonly relation: Relation; readonly bound: number }
  | { readonly kind: 'runningTasksCount'; readonly relation: Relation; readonly bound: number };

/** What a query can ask of one container instance. */
export interface InstanceFacts {
  readonly agentConnected: boolean;
  readonly agentVersion?: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly ec2InstanceId?: string | undefined;
  /** Epoch ms. */
  readonly registeredAt?: number | undefined;
  readonly runningTasksCount: number;
  /** Groups of the tasks that are on it and not on their way out. */
  readonly groups: ReadonlySet<string>;
}
