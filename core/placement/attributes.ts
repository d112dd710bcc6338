import { Fault } from '../fault.ts';

/** AWS's quota of custom attributes on one resource. */
const MAX_CUSTOM = 10;
/** Attributes with these names say what a machine is; nobody but its agent may. */
const BUILT_IN_PREFIXES = ['ecs.', 'com.amazonaws.', 'berth.'];

const NAME = /^[A-Za-z0-9_./\\-]{1,128}$/;
const VALUE = /^(?! )[A-Za-z0-9_.@/\\: -]{1,128}(?<! )$/;

export type Attributes = Readonly<Record<string, string>>;

const isBuiltIn = (name: string): boolean => BUILT_IN_PREFIXES.some((prefix) => name.startsWith(prefix));

/** Throws InvalidParameter for what ECS takes as neither the name nor the value of a custom attribute. */
export function checkAttribute(name: string, value: string): void {
  // Not every store keeps a member of that name.
  if (!NAME.test(name) || name === '__proto__') {
    invalid(
      `The name of an attribute has 1 to 128 letters, digits, hyphens, underscores, slashes, back slashes or periods: '${name.slice(0, 128)}'.`,
    );
  }
  if (isBuiltIn(name)) invalid(`Attribute ${name} is built in and cannot be changed.`);
  if (value !== '' && !VALUE.test(value)) {
    invalid(
      `The value of attribute ${name} has at most 128 letters, digits, hyphens, underscores, periods, at signs, slashes, back slashes, colons or spaces, and no space at either end.`,
    );
  }
}

/** What a resource has after a put. Faults: AttributeLimitExceeded when it would have too many of its own. */
export function withAttributes(before: Attributes, put: Attributes, resource: string): Attributes {
  const after = { ...before, ...put };
  const custom = (attributes: Attributes): number => Object.keys(attributes).filter((name) => !isBuiltIn(name)).length;
  // An agent may have brought more than an operator could put: changing one of those is no new attribute.
  if (custom(after) > MAX_CUSTOM && custom(after) > custom(before)) {
    throw new Fault('AttributeLimitExceeded', `${resource} can have at most ${MAX_CUSTOM} custom attributes.`);
  }
  return after;
}

export const withoutAttributes = (before: Attributes, names: ReadonlySet<string>): Attributes =>
  Object.fromEntries(Object.entries(before).filter(([name]) => !names.has(name)));

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
