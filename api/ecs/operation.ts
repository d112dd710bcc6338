import type { Dependencies } from '#control/dependencies.ts';
import { refuseUnserved } from './members/refuse-unserved.ts';
import { type SdkSchema, type Shape, shapeOf } from './schema/shape.ts';

/** What an operation is given besides its input. */
export interface Call {
  readonly deps: Dependencies;
  /** ARN of who signed the request. */
  readonly principalArn: string;
  /** What page tokens are signed with. */
  readonly pageTokenKey: () => Promise<string>;
}

export interface Operation {
  readonly input: Shape;
  readonly output: Shape;
  readonly run: (call: Call, input: unknown) => Promise<object>;
}

/** An operation schema of client-ecs: `[9, namespace, name, traits, input, output]`. */
type OperationSchema = readonly [number, string, string, unknown, () => unknown, () => unknown];

/**
 * Binds an operation of the model to the function that runs it.
 * The types `I` and `O` are client-ecs's for the very schemas given, so what decode accepted is an `I`.
 */
export const operation = <I, O extends object>(
  schema: unknown,
  run: (call: Call, input: I) => Promise<O>,
): Operation => {
  const [, , , , input, output] = schema as OperationSchema;
  const inputShape = shapeOf(input as SdkSchema);
  return {
    input: inputShape,
    output: shapeOf(output as SdkSchema),
    run: async (call, decoded) => {
      refuseUnserved(inputShape, decoded);
      return run(call, decoded as I);
    },
  };
};
