/**
 * How Terraform compares what a configuration says with what a provider read, as far as the AWS provider's ECS
 * resources need it: an empty plan means that a second `terraform apply` would do nothing.
 */
export type Values = Readonly<Record<string, unknown>>;

export interface Attribute {
  /** What Terraform takes an absent value for. */
  readonly zero: unknown;
  readonly byDefault?: unknown;
  /** Optional and computed, or with its difference suppressed: what the configuration leaves out is left alone. */
  readonly computed?: true;
  readonly unordered?: true;
  /** A list or set of blocks of this schema. */
  readonly block?: Schema;
  /** The provider's own idea of equality. */
  readonly same?: (state: unknown, wanted: unknown, config: Values) => boolean;
}

export type Schema = Readonly<Record<string, Attribute>>;

export const text: Attribute = { zero: '' };
export const number: Attribute = { zero: 0 };
export const flag: Attribute = { zero: false };
export const set: Attribute = { zero: [], unordered: true };
export const map: Attribute = { zero: {} };
export const block = (schema: Schema): Attribute => ({ zero: [], block: schema });
export const blockSet = (schema: Schema): Attribute => ({ zero: [], unordered: true, block: schema });
export const computed = (attribute: Attribute): Attribute => ({ ...attribute, computed: true });
export const byDefault = (attribute: Attribute, value: unknown): Attribute => ({ ...attribute, byDefault: value });

/** The attributes a plan would change, each with what stands and what is wanted. */
export const plan = (schema: Schema, config: Values, state: Values): readonly string[] =>
  Object.entries(schema).flatMap(([name, attribute]) => {
    const actual = canonical(attribute, state[name], state[name]);
    const wanted = canonical(attribute, config[name], state[name]);
    if (JSON.stringify(actual) === JSON.stringify(wanted)) return [];
    if (attribute.same?.(actual, wanted, config)) return [];
    return [`${name}: ${JSON.stringify(actual)} -> ${JSON.stringify(wanted)}`];
  });

/** A value with everything written out, in an order of its own, so that equal values have equal JSON. */
function canonical(attribute: Attribute, given: unknown, actual: unknown): unknown {
  const value = given ?? (attribute.computed ? actual : attribute.byDefault) ?? attribute.zero;
  if (attribute.block) {
    const before = (actual ?? []) as readonly Values[];
    const blocks = (value as readonly Values[]).map((one, position) =>
      settled(attribute.block ?? {}, one, before[position]),
    );
    return attribute.unordered ? blocks.map((one) => JSON.stringify(one)).toSorted() : blocks;
  }
  if (attribute.unordered) return [...(value as readonly unknown[])].map((one) => JSON.stringify(one)).toSorted();
  return isMap(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}

const settled = (schema: Schema, given: Values, actual: Values = {}): Values =>
  Object.fromEntries(
    Object.entries(schema).map(([name, attribute]) => [name, canonical(attribute, given[name], actual[name])]),
  );

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);
