import type { FieldCause } from '../../../fault.ts';
import type { JsonObject } from '../../../json.ts';
import { invalid, required } from '../../causes.ts';
import { isObject, objectAt } from '../../object.ts';
import { eachObject, oneOf, textAt, wrongType } from './check-values.ts';

/** Any visible character but `=`: what Kubernetes takes for the name of a variable since 1.32, and a process can be given. */
const VARIABLE = /^[!-<>-~]+$/;

const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const MAP_FIELD = /^metadata\.(labels|annotations)\['[^']+'\]$/;

/** Variables of a container, one by one and whole maps of them. */
export function checkEnvironment(container: JsonObject, path: string): readonly FieldCause[] {
  return [
    ...eachObject(container['env'], `${path}.env`, checkVariable),
    ...eachObject(container['envFrom'], `${path}.envFrom`, (source, at) => {
      const kinds = ['configMapRef', 'secretRef'].filter((kind) => isObject(source[kind]));
      const [kind] = kinds;
      if (kind === undefined || kinds.length > 1) {
        return [invalid(at, '', 'must specify exactly one of: `configMapRef`, `secretRef`')];
      }
      return textAt(objectAt(source[kind])['name']) === '' ? [required(`${at}.${kind}.name`)] : [];
    }),
  ];
}

function checkVariable(variable: JsonObject, path: string): readonly FieldCause[] {
  const { name, value, valueFrom } = variable;
  return [
    ...(textAt(name) === '' ? [required(`${path}.name`)] : []),
    ...(textAt(name) === '' || VARIABLE.test(textAt(name))
      ? []
      : [
          invalid(
            `${path}.name`,
            name,
            "a valid environment variable name must consist of printable ASCII characters other than '='",
          ),
        ]),
    ...(value === undefined || value === null || typeof value === 'string'
      ? []
      : [wrongType(`${path}.value`, 'a string')]),
    ...(valueFrom === undefined || valueFrom === null ? [] : checkSource(objectAt(valueFrom), path, value)),
  ];
}

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'];

function checkSource(source: JsonObject, path: string, value: unknown): readonly FieldCause[] {
  const at = `${path}.valueFrom`;
  const kinds = SOURCES.filter((kind) => isObject(source[kind]));
  const [kind] = kinds;
  if (kind === undefined)
    return [invalid(at, '', `must specify one of: ${SOURCES.map((one) => `\`${one}\``).join(', ')}`)];
  if (kinds.length > 1) return [invalid(at, '', 'may not have more than one field specified at a time')];
  if (typeof value === 'string' && value !== '')
    return [invalid(at, '', 'may not be specified when `value` is not empty')];
  const reference = objectAt(source[kind]);
  const member = (name: string): readonly FieldCause[] =>
    textAt(reference[name]) === '' ? [required(`${at}.${kind}.${name}`)] : [];
  switch (kind) {
    case 'fieldRef': {
      const field = textAt(reference['fieldPath']);
      if (field === '' || MAP_FIELD.test(field)) return member('fieldPath');
      return oneOf(field, `${at}.fieldRef.fieldPath`, FIELDS);
    }
    case 'resourceFieldRef':
      return member('resource');
    default:
      return [...member('name'), ...member('key')];
  }
}
