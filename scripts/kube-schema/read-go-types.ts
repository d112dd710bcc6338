/** One member of a Go struct of the Kubernetes API, with what its tag and its markers say. */
export interface GoField {
  /** Empty: an embedded struct, whose members are the outer struct's own in JSON. */
  readonly name: string;
  readonly type: string;
  /** JSON, protobuf, patchStrategy and patchMergeKey. */
  readonly tags: ReadonlyMap<string, string>;
  /** Markers in the comment above it, such as `listType=map`. */
  readonly markers: readonly string[];
}

export type GoType =
  | { readonly kind: 'struct'; readonly fields: readonly GoField[]; readonly markers: readonly string[] }
  | { readonly kind: 'alias'; readonly type: string; readonly isMessage: boolean };

/** What one Go file declares and imports. */
export interface GoFile {
  readonly types: ReadonlyMap<string, GoType>;
  /** Paths of the imported packages, by the name they have in the file. */
  readonly imports: ReadonlyMap<string, string>;
}

const IMPORT = /^\s*(\w+)?\s*"((?:k8s\.io|sigs\.k8s\.io)\/[^"]+)"$/;
const STRUCT = /^type (\w+) struct \{(\}?)/;
const ALIAS = /^type (\w+)(?: =)? ([^{]+)$/;
const FIELD = /^\t(?:(\w+)\s+)?([*[\]\w.]+)\s+`([^`]*)`/;
const MARKER = /^\s*\/\/ ?\+(\S+)/;

/** Reads the declarations of a file by lines: the API's files are written by one formatter and hold nothing unusual. */
export function readGoFile(text: string): GoFile {
  const types = new Map<string, GoType>();
  const imports = new Map<string, string>();
  let markers: string[] = [];
  let struct: { name: string; markers: readonly string[]; fields: GoField[] } | undefined;
  for (const line of text.split('\n')) {
    const [, marker] = MARKER.exec(line) ?? [];
    if (marker !== undefined) markers.push(marker);
    else if (struct) {
      const field = readField(line, markers);
      if (field) struct.fields.push(field);
      if (field || line === '}') markers = [];
      if (line === '}') {
        types.set(struct.name, { kind: 'struct', fields: struct.fields, markers: struct.markers });
        struct = undefined;
      }
    } else {
      const [, alias, path] = IMPORT.exec(line) ?? [];
      if (path !== undefined) imports.set(alias ?? path.slice(path.lastIndexOf('/') + 1), path);
      const [, name, empty] = STRUCT.exec(line) ?? [];
      if (name !== undefined && empty === '') struct = { name, markers, fields: [] };
      readAlias(line, markers, types);
      if (/^(type|const|var|func) /.test(line)) markers = [];
    }
  }
  return { types, imports };
}

function readAlias(line: string, markers: readonly string[], types: Map<string, GoType>): void {
  const [, name, type] = ALIAS.exec(line) ?? [];
  if (name === undefined || type === undefined || type.startsWith('struct') || type.startsWith('interface')) return;
  types.set(name, { kind: 'alias', type: type.trim(), isMessage: markers.includes('protobuf.nullable=true') });
}

function readField(line: string, markers: readonly string[]): GoField | undefined {
  const [, , type, tag] = FIELD.exec(line) ?? [];
  if (type === undefined || tag === undefined) return undefined;
  const tags = new Map([...tag.matchAll(/(\w+):"([^"]*)"/g)].map(([, key = '', value = '']) => [key, value] as const));
  const json = tags.get('json');
  if (json === undefined || json.startsWith('-')) return undefined;
  return { name: json.split(',')[0] ?? '', type, tags, markers };
}
