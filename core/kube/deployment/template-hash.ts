import type { Json } from '../../json.ts';
import { isObject } from '../object.ts';
import { safeText } from '../workload/safe-name.ts';

/** Label of everything that is made after one template. */
export const HASH_LABEL = 'pod-template-hash';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A short name for a template: the same for templates that say the same. Two that do not may share it, so it is never all that
 * tells them apart: `collisions` draws another one (FNV-1a of 32 bits over the canonical text, as Kubernetes makes its own of another text).
 */
export function templateHash(template: Json, collisions: number): string {
  let hash = FNV_OFFSET;
  for (const byte of `${canonical(template)}${collisions > 0 ? collisions : ''}`) {
    hash = Math.imul(hash ^ (byte.codePointAt(0) ?? 0), FNV_PRIME) >>> 0;
  }
  return safeText(String(hash));
}

/** The same text for values that are equal as JSON. */
function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
