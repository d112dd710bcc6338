export interface DefinitionReference {
  readonly family: string;
  /** Absent means the newest ACTIVE revision. */
  readonly revision?: number;
}

/** Reads `family` or `family:revision`; undefined when the text is neither. */
export function parseReference(text: string): DefinitionReference | undefined {
  const match = /^([A-Za-z0-9_-]{1,255})(?::([0-9]{1,9}))?$/.exec(text);
  const family = match?.[1];
  if (family === undefined) return undefined;
  return match?.[2] === undefined ? { family } : { family, revision: Number(match[2]) };
}
