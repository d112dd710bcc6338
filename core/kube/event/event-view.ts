import type { KubeObject } from '../object.ts';
import type { ResourceView } from '../resource.ts';

/** Members of an event that have another name in events.k8s.io/v1: the stored one first. */
const RENAMED: readonly (readonly [stored: string, shown: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

const SHOWN_NAME: ReadonlyMap<string, string> = new Map(RENAMED);
const STORED_NAME: ReadonlyMap<string, string> = new Map(RENAMED.map(([stored, shown]) => [shown, stored]));

/** events.k8s.io/v1: the events of the core group under other names, with the same versions. */
export const eventView: ResourceView = {
  of: 'events',
  show: (stored) => {
    const members = Object.entries(stored).map(([name, value]) => [SHOWN_NAME.get(name) ?? name, value]);
    return { ...(Object.fromEntries(members) as KubeObject), apiVersion: 'events.k8s.io/v1' };
  },
  fieldOf: (shown) => {
    const [first = '', ...rest] = shown.split('.');
    return [STORED_NAME.get(first) ?? first, ...rest].join('.');
  },
};
