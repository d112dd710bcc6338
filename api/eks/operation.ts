import type { Call } from '../ecs/operation.ts';
import { type SdkSchema, type Shape, type Structure, shapeOf } from '../ecs/schema/shape.ts';

/** Where clients reach the Kubernetes API of every cluster. */
export interface KubeAddress {
  /** `https://...` */
  readonly endpoint: string;
  /** PEM of who signed its certificate; absent where clients trust that one anyway. */
  readonly authority?: string;
}

/** What an operation is given besides its input. */
export interface EksCall extends Call {
  /** Absent where nobody knows; then clusters are shown without it. */
  readonly kube?: KubeAddress;
}

/** How a request of one operation is written: REST JSON, as client-eks's schema has it. */
export interface HttpBinding {
  readonly name: string;
  readonly method: string;
  /** Parts of the path; one in braces is the member of that name. */
  readonly path: readonly string[];
  readonly input: Structure;
  readonly output: Shape;
  /** Names in the query to members. */
  readonly query: ReadonlyMap<string, string>;
}

export interface EksOperation {
  readonly binding: HttpBinding;
  readonly run: (call: EksCall, input: unknown) => Promise<object>;
}

/** An operation schema: `[9, namespace, name, { http: [method, path, status] }, input, output]`. */
type OperationSchema = readonly [
  9,
  string,
  string,
  { readonly http: readonly [string, string, number] },
  () => SdkSchema,
  () => SdkSchema,
];

export const isOperationSchema = (value: unknown): value is OperationSchema => Array.isArray(value) && value[0] === 9;

export function bindingOf([, , name, { http }, input, output]: OperationSchema): HttpBinding {
  const [method, path] = http;
  const shape = shapeOf(input());
  if (shape.kind !== 'structure') throw new TypeError(`the input of ${name} is no structure`);
  return {
    name,
    method,
    path: path.slice(1).split('/'),
    input: shape,
    output: shapeOf(output()),
    query: queryOf(input()),
  };
}

/** A member with traits of its own is a pair of its schema and the traits. */
function queryOf(structure: SdkSchema): ReadonlyMap<string, string> {
  const [, , , , names, schemas] = structure as readonly unknown[];
  return new Map(
    (names as readonly string[]).flatMap((name, position) => {
      const schema = (schemas as readonly unknown[])[position];
      const traits = Array.isArray(schema) ? (schema[1] as { readonly httpQuery?: string }) : {};
      return traits.httpQuery === undefined ? [] : [[traits.httpQuery, name] as const];
    }),
  );
}

/**
 * Binds an operation of the model to the function that runs it. The types `I` and `O` are client-eks's for the very schema given,
 * so what was decoded is an `I`.
 */
export const operation = <I, O extends object>(
  schema: unknown,
  run: (call: EksCall, input: I) => Promise<O>,
): EksOperation => {
  if (!isOperationSchema(schema)) throw new TypeError('no schema of an operation');
  return { binding: bindingOf(schema), run: (call, input) => run(call, input as I) };
};
