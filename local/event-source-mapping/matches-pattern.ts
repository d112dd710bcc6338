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

/** Throws for a pattern that AWS would not take, or that asks for a rule which is not built here. */
export function requirePattern(pattern: unknown): void {
  if (!isRecord(pattern)) throw new Error('Invalid filter pattern definition.');
  for (const inner of Object.values(pattern)) {
    if (!Array.isArray(inner)) requirePattern(inner);
    else if (inner.length === 0) throw new Error('Invalid filter pattern definition.');
    // A rule that cannot be read throws whatever it is asked about, here a value that reaches each of its terms.
    else for (const rule of inner) matchesRule(rule, 0);
  }
}

function matchesRule(rule: unknown, value: unknown): boolean {
  // AWS looks for leaves only: a member that holds an object does not exist in this sense.
  if (isRecord(rule) && 'exists' in rule) return rule['exists'] === (value !== undefined && !isRecord(value));
  return listOf(value).some((leaf) => matchesLeaf(rule, leaf));
}

function matchesLeaf(rule: unknown, leaf: unknown): boolean {
  if (!isRecord(rule)) return rule === leaf;
  if ('prefix' in rule) return typeof leaf === 'string' && leaf.startsWith(String(rule['prefix']));
  if ('anything-but' in rule) return leaf !== undefined && !plain(listOf(rule['anything-but'])).includes(leaf);
  // Numbers in DynamoDB JSON are text, and AWS does not compare text as numbers.
  if ('numeric' in rule) return inRange(listOf(rule['numeric']), leaf);
  throw new Error(`filter rule is not supported: ${Object.keys(rule).join(', ')}`);
}

function plain(values: readonly unknown[]): readonly unknown[] {
  if (values.some(isRecord)) throw new Error('filter rule is not supported: anything-but with a rule inside');
  return values;
}

/** Reads every term, so that one that cannot be read is found whatever the value is. */
function inRange(terms: readonly unknown[], value: unknown): boolean {
  const within: boolean[] = [];
  for (let at = 0; at < terms.length; at += 2) within.push(compares(terms[at], value, terms[at + 1]));
  return within.length > 0 && !within.includes(false);
}

function compares(operator: unknown, value: unknown, bound: unknown): boolean {
  if (typeof bound !== 'number') throw new Error(`numeric bound is no number: ${String(bound)}`);
  const number = typeof value === 'number' ? value : Number.NaN;
  switch (operator) {
    case '=':
      return number === bound;
    case '>':
      return number > bound;
    case '>=':
      return number >= bound;
    case '<':
      return number < bound;
    case '<=':
      return number <= bound;
    default:
      throw new Error(`numeric operator is not supported: ${String(operator)}`);
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
