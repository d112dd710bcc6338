/** Whether two values say the same as JSON: the order of members means nothing, and an undefined one is none. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const others = new Map(members(b));
  const own = members(a);
  return (
    own.length === others.size && own.every(([name, value]) => others.has(name) && isSameValue(value, others.get(name)))
  );
}

const members = (value: object): readonly [string, unknown][] =>
  Object.entries(value).filter(([, member]) => member !== undefined);
