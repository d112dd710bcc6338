import type { FieldCause } from '../../../fault.ts';
import type { Json, JsonObject } from '../../../json.ts';
import { duplicate, forbiddenField, invalid, required } from '../../causes.ts';
import { isDnsLabel } from '../../check-meta.ts';
import { isObject, objectAt } from '../../object.ts';
import { parseQuantity } from '../../quantity.ts';
import { eachObject, textAt, wholeNumber } from './check-values.ts';

/** What is wrong with a pod's volumes, and which names there are for containers to mount. */
export function checkVolumes(
  volumes: Json | undefined,
  path: string,
): { readonly causes: readonly FieldCause[]; readonly names: ReadonlySet<string> } {
  const names = new Set<string>();
  const causes = eachObject(volumes, path, (volume, at) => {
    const name = textAt(volume['name']);
    const isTaken = names.has(name);
    names.add(name);
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(name !== '' && !isDnsLabel(name)
        ? [
            invalid(
              `${at}.name`,
              name,
              "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'",
            ),
          ]
        : []),
      ...(isTaken && name !== '' ? [duplicate(`${at}.name`, name)] : []),
      ...checkSource(volume, at),
    ];
  });
  return { causes, names };
}

function checkSource(volume: JsonObject, path: string): readonly FieldCause[] {
  const [kind, ...more] = Object.keys(volume).filter((member) => member !== 'name' && isObject(volume[member]));
  if (kind === undefined) return [required(path, 'must specify a volume type')];
  if (more[0] !== undefined) return [forbiddenField(`${path}.${more[0]}`, 'may not specify more than 1 volume type')];
  const source = objectAt(volume[kind]);
  const at = `${path}.${kind}`;
  switch (kind) {
    case 'emptyDir':
      return checkSizeLimit(source['sizeLimit'], `${at}.sizeLimit`);
    case 'configMap':
      return [...named(source, 'name', at), ...checkFiles(source, at)];
    case 'secret':
      return [...named(source, 'secretName', at), ...checkFiles(source, at)];
    case 'downwardAPI':
      return [...checkFiles(source, at), ...checkFields(source, at)];
    case 'projected':
      return eachObject(source['sources'], `${at}.sources`, checkProjection);
    default:
      return [];
  }
}

function checkProjection(part: JsonObject, path: string): readonly FieldCause[] {
  const of = (kind: string): JsonObject => objectAt(part[kind]);
  return [
    ...(part['configMap']
      ? [...named(of('configMap'), 'name', `${path}.configMap`), ...checkFiles(of('configMap'), `${path}.configMap`)]
      : []),
    ...(part['secret']
      ? [...named(of('secret'), 'name', `${path}.secret`), ...checkFiles(of('secret'), `${path}.secret`)]
      : []),
    ...(part['downwardAPI'] ? checkFields(of('downwardAPI'), `${path}.downwardAPI`) : []),
  ];
}

const named = (source: JsonObject, member: string, path: string): readonly FieldCause[] =>
  textAt(source[member]) === '' ? [required(`${path}.${member}`)] : [];

const checkSizeLimit = (limit: Json | undefined, path: string): readonly FieldCause[] =>
  limit === undefined || limit === null || (parseQuantity(limit) ?? -1n) >= 0n
    ? []
    : [invalid(path, limit, 'must be a quantity that is not negative')];

const MAX_MODE = 0o777;

/** Keys of a map and the files they become: inside of the volume, wherever it is mounted. */
function checkFiles(source: JsonObject, path: string): readonly FieldCause[] {
  return [
    ...wholeNumber(source['defaultMode'], `${path}.defaultMode`, 0, MAX_MODE),
    ...eachObject(source['items'], `${path}.items`, (item, at) => [
      ...(item['fieldRef'] || item['resourceFieldRef'] ? [] : named(item, 'key', at)),
      ...checkFilePath(item['path'], `${at}.path`),
      ...wholeNumber(item['mode'], `${at}.mode`, 0, MAX_MODE),
    ]),
  ];
}

const checkFields = (source: JsonObject, path: string): readonly FieldCause[] =>
  eachObject(source['items'], `${path}.items`, (item, at) => {
    if (isObject(item['fieldRef']) || isObject(item['resourceFieldRef'])) return [];
    return [required(at, 'one of fieldRef and resourceFieldRef is required')];
  });

export function checkFilePath(value: Json | undefined, path: string): readonly FieldCause[] {
  const text = textAt(value);
  if (text === '') return [required(path)];
  if (text.startsWith('/')) return [invalid(path, text, 'must be a relative path')];
  return text.split('/').includes('..') ? [invalid(path, text, "must not contain '..'")] : [];
}
