/** Characters by code point, both ends included. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly isNegated: boolean;
}

/** A regular expression as data. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'either'; readonly branches: readonly PatternNode[] }
  /** Without `max` as often as there is text. */
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max?: number };

/** One step of a machine that is in several states at once; positions are those of the program. */
export type Instruction =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'start' | 'end' | 'accept' }
  | { readonly kind: 'fork'; readonly to: readonly number[] };

/** A compiled pattern; the text must match as a whole, as with Java's `matches`. */
export interface Pattern {
  readonly source: string;
  readonly program: readonly Instruction[];
  readonly ignoresCase: boolean;
}
