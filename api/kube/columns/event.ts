import type { Json } from '#core/json.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { objectAt } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { age } from '../human-time.ts';
import { NAME, textAt, wide } from './common.ts';

const membersOf = (value: unknown) => objectAt(value as Json);

/** What happened to which object, newest time first as people read it; the name says nothing to them. */
export const eventColumns: readonly Column[] = [
  { name: 'Last Seen', description: 'When it was last told.', value: lastSeen },
  { name: 'Type', description: 'Normal or Warning.', value: ({ type }) => textAt(type, '') },
  { name: 'Reason', description: 'What happened, in one word.', value: ({ reason }) => textAt(reason, '') },
  { name: 'Object', description: 'What it happened to.', value: regarding },
  wide({
    name: 'Subobject',
    description: 'Which part of it.',
    value: ({ involvedObject }) => textAt(membersOf(involvedObject)['fieldPath'], ''),
  }),
  wide({ name: 'Source', description: 'Who told it.', value: sourceOf }),
  { name: 'Message', description: 'What happened.', value: ({ message }) => textAt(message, '').trim() },
  wide({ name: 'First Seen', description: 'When it was first told.', value: firstSeen }),
  wide({ name: 'Count', description: 'How often it was told.', value: countOf }),
  { ...NAME, priority: 1 },
];

function lastSeen({ series, lastTimestamp, ...event }: KubeObject, now: number): string {
  const observed = membersOf(series)['lastObservedTime'];
  const at = [observed, lastTimestamp].find((time): time is string => typeof time === 'string');
  return at === undefined ? firstSeen(event as KubeObject, now) : age(at, now);
}

function firstSeen({ firstTimestamp, eventTime }: KubeObject, now: number): string {
  const at = [firstTimestamp, eventTime].find((time): time is string => typeof time === 'string');
  return age(at, now);
}

function regarding({ involvedObject }: KubeObject): string {
  const { kind, name } = membersOf(involvedObject);
  return `${textAt(kind, '').toLowerCase()}/${textAt(name, '')}`;
}

function sourceOf({ source, reportingComponent }: KubeObject): string {
  const { component, host } = membersOf(source);
  const from = textAt(component, textAt(reportingComponent, ''));
  return typeof host === 'string' && host !== '' ? `${from}, ${host}` : from;
}

function countOf({ series, count }: KubeObject): string {
  return textAt(membersOf(series)['count'], textAt(count, '1'));
}
