const OFFSET = 0x811c_9dc5;
const PRIME = 0x0100_0193;

/** Eight hex digits that follow from a text (FNV-1a, 32 bits): for names that need not be hard to guess. */
export function shortHash(text: string): string {
  let hash = OFFSET;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
