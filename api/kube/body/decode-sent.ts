import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import { isObject, type RawObject } from '#core/kube/object.ts';
import { type Decoded, decodeObject } from '#core/kube/schema/decode-object.ts';
import { type GroupVersionKind, servedSchema } from '#core/kube/schema/schema.ts';
import type { KubeCall } from '../call.ts';

const MODES = ['Ignore', 'Warn', 'Strict'] as const;
type Mode = (typeof MODES)[number];

/**
 * Reads what was sent as an object of a kind. What its schema does not have is left out; `fieldValidation` says whether that
 * and a member that stands twice are an error (Strict), a warning (Warn, when nothing is asked) or nobody's business (Ignore).
 * Faults: InvalidParameter for a value of a wrong type, too, whatever is asked; Invalid for an unknown mode.
 */
export function decodeSent(
  call: Pick<KubeCall, 'parameters' | 'warn'>,
  kind: GroupVersionKind,
  value: Json,
  duplicates: () => readonly string[] = () => [],
): RawObject {
  const mode = modeOf(call.parameters);
  if (!isObject(value)) throw new Fault('InvalidParameter', 'the body of the request is no object');
  const { object, unknown } = decoded(kind, value);
  if (mode === 'Ignore') return object;
  const problems = [
    ...duplicates().map((path) => `duplicate field "${path}"`),
    ...unknown.map((path) => `unknown field "${path}"`),
  ];
  if (mode === 'Strict' && problems.length > 0) {
    throw refused(kind, `strict decoding error: ${problems.join(', ')}`);
  }
  for (const problem of problems) call.warn(problem);
  return object;
}

function modeOf(parameters: URLSearchParams): Mode {
  const asked = parameters.get('fieldValidation') || 'Warn';
  const mode = MODES.find((known) => known === asked);
  if (mode) return mode;
  const message = `Unsupported value: ${JSON.stringify(asked.slice(0, 100))}: supported values: "Ignore", "Strict", "Warn"`;
  throw new Fault('Invalid', `the options are invalid: fieldValidation: ${message}`, {
    causes: [{ field: 'fieldValidation', reason: 'FieldValueNotSupported', message }],
  });
}

function decoded(kind: GroupVersionKind, value: RawObject): Decoded {
  try {
    return decodeObject(servedSchema(kind), value);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw refused(kind, error.message, error);
  }
}

const refused = ({ kind, version }: GroupVersionKind, why: string, cause?: Fault): Fault =>
  new Fault(
    'InvalidParameter',
    `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`,
    {},
    {
      cause,
    },
  );
