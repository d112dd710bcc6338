/** As many as strict errors name. */
const MAX_DUPLICATES = 100;

interface Level {
  /** Names met so far; undefined for a list. */
  readonly names: Set<string> | undefined;
  readonly path: string;
  /** Name of the member, or position of the element, that is being read. */
  at: string | number;
}

/**
 * Paths of members that stand twice in one object of a JSON text, which a parsed one no longer shows. The text must be JSON.
 * It goes over the text once and keeps the open objects only.
 */
export function jsonDuplicates(text: string): readonly string[] {
  const found: string[] = [];
  const open: Level[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    const level = open.at(-1);
    if (letter === '"') {
      const end = endOfString(text, at);
      if (isName && level?.names) enterMember(level, JSON.parse(text.slice(at, end + 1)) as string, found);
      isName = false;
      at = end;
    } else if (letter === '{' || letter === '[') {
      open.push({ names: letter === '{' ? new Set() : undefined, path: pathOf(level), at: 0 });
      isName = letter === '{';
    } else if (letter === '}' || letter === ']') {
      open.pop();
      isName = false;
    } else if (letter === ',' && level) {
      isName = level.names !== undefined;
      if (typeof level.at === 'number') level.at += 1;
    }
  }
  return found;
}

function enterMember(level: Level, name: string, found: string[]): void {
  level.at = name;
  if (!level.names?.has(name)) level.names?.add(name);
  else if (found.length < MAX_DUPLICATES) found.push(pathOf(level));
}

function pathOf(level: Level | undefined): string {
  if (!level) return '';
  if (typeof level.at === 'number') return level.names ? level.path : `${level.path}[${level.at}]`;
  return level.path === '' ? level.at : `${level.path}.${level.at}`;
}

/** Position of the quote that ends the string beginning at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
