import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { CommandError, UsageError } from './errors.ts';

const STANDARD_INPUT = 0;
/** As many as a manifest people write has; a file that refers to itself over and over is none. */
const MAX_ALIASES = 100;

/** Every document of the files, YAML or JSON; `-` is the standard input. Empty documents are left out. */
export const readManifests = (files: readonly string[]): readonly unknown[] =>
  files.flatMap((file) => documentsOf(file)).filter((document) => document !== null && document !== undefined);

function documentsOf(file: string): readonly unknown[] {
  const text = readText(file);
  const documents = parseAllDocuments(text);
  // An empty stream is an object of its own, and no list.
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error) throw new UsageError(`${file} is not YAML: ${error.message}`);
    try {
      return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
    } catch (cause) {
      throw new UsageError(`${file} has too many aliases`, { cause });
    }
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
  } catch (cause) {
    throw new CommandError(`${file} cannot be read`, { cause });
  }
}
