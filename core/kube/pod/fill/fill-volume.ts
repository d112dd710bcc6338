import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../object.ts';
import { filledList, withoutNulls } from './fill-members.ts';

/** 0644, which files of a volume have unless it says otherwise. */
const FILE_MODE = 0o644;
const WITH_MODE = ['configMap', 'secret', 'downwardAPI', 'projected'];

/** Fills what a volume leaves out; one that says nothing of its kind is an emptyDir. */
export function fillVolume(volume: JsonObject): JsonObject {
  const said = withoutNulls(volume);
  if (Object.keys(said).every((member) => member === 'name')) return { ...said, emptyDir: {} };
  return Object.fromEntries(
    Object.entries(said).map(([member, source]) => {
      if (!WITH_MODE.includes(member) || !isObject(source)) return [member, source];
      return [member, { defaultMode: FILE_MODE, ...withoutNulls(source), ...filledFiles(source) }];
    }),
  );
}

/** Files that show a field of the pod name the version that field is of. */
function filledFiles(source: JsonObject): JsonObject {
  return {
    ...filledList(source, 'items', fillItem),
    ...filledList(source, 'sources', (part) =>
      isObject(part['downwardAPI'])
        ? { ...part, downwardAPI: { ...part['downwardAPI'], ...filledList(part['downwardAPI'], 'items', fillItem) } }
        : part,
    ),
  };
}

const fillItem = (item: JsonObject): JsonObject =>
  isObject(item['fieldRef']) ? { ...item, fieldRef: { apiVersion: 'v1', ...item['fieldRef'] } } : item;
