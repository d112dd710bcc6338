import path from 'node:path';
import { readYaml } from './read-yaml.ts';

export interface VariableContext {
  readonly root: string;
  readonly stage: string;
  readonly service: unknown;
  /** Options and parameters, as given on the framework's command line. */
  readonly options?: Readonly<Record<string, string | boolean>>;
}

/** CloudFormation's own `${Name}` in a Sub is none of these sources and stays as it is. */
const VARIABLE = /\$\{((?:self|opt|param|sls|file)[:(][^{}]*)\}/g;

/** Replaces the framework's variables, as far as serverless.yml uses them. Throws on any other form. */
export function resolveVariables(value: unknown, context: VariableContext): unknown {
  if (typeof value === 'string') return resolveText(value, context);
  if (Array.isArray(value)) return value.map((entry) => resolveVariables(entry, context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, resolveVariables(entry, context)]));
}

function resolveText(text: string, context: VariableContext): unknown {
  const [whole] = text.matchAll(VARIABLE);
  if (whole?.[0] === text) return resolveVariables(lookUp(whole[1] ?? '', context), context);
  return text.replaceAll(VARIABLE, (_, expression: string) =>
    String(resolveVariables(lookUp(expression, context), context)),
  );
}

function lookUp(expression: string, { root, stage, service, options = {} }: VariableContext): unknown {
  const file = /^file\(([^)]+)\)$/.exec(expression);
  if (file?.[1]) return readYaml(path.join(root, file[1]));
  if (expression === 'sls:stage') return stage;
  const [, option = '', text, flag] = /^(?:opt|param):([\w-]+), *(?:'([^']*)'|(true|false))$/.exec(expression) ?? [];
  if (option !== '') return options[option] ?? text ?? flag === 'true';
  const self = /^self:([\w.-]+)$/.exec(expression);
  if (self?.[1]) return member(service, self[1].split('.'), expression);
  throw new Error(`serverless.yml: the local runner does not know the variable \${${expression}}`);
}

function member(value: unknown, names: readonly string[], expression: string): unknown {
  const found = names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
  if (found === undefined) throw new Error(`serverless.yml: \${${expression}} names nothing`);
  return found;
}
