/** Whether any pattern matches; no patterns let everything through. */
export const matchesAny = (patterns: readonly unknown[], event: unknown): boolean =>
  patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, event));

/** An event filter pattern of Lambda: objects nest, a list names the alternatives of one leaf. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((rule) => matchesRule(rule, event));
  if (!isRecord(pattern)) throw new Error('Invalid filter pattern definition.');
  return Object.entries(pattern).every(([name, inner]) =>
    matchesPattern(inner, isRecord(event) ? event[name] : undefined),
  );
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (!isRecord(rule)) return Array.isArray(value) ? value.includes(rule) : rule === value;
  // AWS looks for leaves only: a member that holds an object does not exist in this sense.
  if ('exists' in rule) return rule['exists'] === (value !== undefined && !isRecord(value));
  if ('prefix' in rule) return typeof value === 'string' && value.startsWith(String(rule['prefix']));
  if ('anything-but' in rule) return value !== undefined && !listOf(rule['anything-but']).includes(value);
  if ('numeric' in rule) return typeof value === 'number' && inRange(listOf(rule['numeric']), value);
  throw new Error(`filter rule is not supported: ${Object.keys(rule).join(', ')}`);
}

function inRange(terms: readonly unknown[], value: number): boolean {
  for (let at = 0; at < terms.length; at += 2) {
    if (!compares(terms[at], value, Number(terms[at + 1]))) return false;
  }
  return true;
}

function compares(operator: unknown, value: number, bound: number): boolean {
  switch (operator) {
    case '=':
      return value === bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    default:
      throw new Error(`numeric operator is not supported: ${String(operator)}`);
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
