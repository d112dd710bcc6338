import { WireError } from '../ecs/wire-error.ts';
import type { HttpBinding } from './operation.ts';
import { BINDINGS } from './operations.ts';

/** The operation that a method and a path name, and the members that stand in the path. */
export interface Route {
  readonly binding: HttpBinding;
  readonly labels: Readonly<Record<string, string>>;
}

/** Throws UnknownOperation. */
export function routeOf(method: string, path: string): Route {
  const parts = partsOf(path);
  for (const binding of BINDINGS) {
    if (binding.method !== method || binding.path.length !== parts.length) continue;
    const labels = labelsOf(binding.path, parts);
    if (labels) return { binding, labels };
  }
  throw new WireError('UnknownOperationException', 'The request names no operation of EKS.', 404);
}

const TAGS = '/tags/';

/**
 * The path as clients sign it. An ARN in it is sent with its slashes escaped, and gateways hand it on either way: what
 * follows `/tags/` is one name, however many slashes it has by now.
 */
export function signedPath(path: string): string {
  const arn = arnIn(path);
  return arn === undefined ? path : TAGS + escaped(arn);
}

function arnIn(path: string): string | undefined {
  if (!path.startsWith(TAGS)) return undefined;
  return decoded(path.slice(TAGS.length));
}

function partsOf(path: string): readonly string[] {
  const arn = arnIn(path);
  return arn === undefined ? path.slice(1).split('/').map(decoded) : ['tags', arn];
}

/** What is no escape stays as it is: it will name nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** As RFC 3986 has it: of the signs only `-_.~` stay. */
const escaped = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A part in braces is any text, but some. */
function labelsOf(template: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const labels: [string, string][] = [];
  for (const [position, wanted] of template.entries()) {
    const part = parts[position] ?? '';
    if (!wanted.startsWith('{')) {
      if (wanted !== part) return undefined;
    } else if (part === '') return undefined;
    else labels.push([wanted.slice(1, -1), part]);
  }
  return Object.fromEntries(labels);
}
