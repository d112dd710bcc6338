import type { FieldCause } from '../../fault.ts';
import type { Json } from '../../json.ts';
import { invalid, required, unsupported } from '../causes.ts';
import { isObject, objectAt } from '../object.ts';
import { isLabelKey, isLabelValue, type LabelRequirement, type LabelSelector } from './label-selector.ts';

const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'missing',
};

/**
 * The LabelSelector of an object's spec (meta/v1: matchLabels and matchExpressions). An empty one selects everything; none at
 * all, and one that cannot be read, select nothing: undefined.
 */
export function selectorOf(value: unknown): LabelSelector | undefined {
  if (!isObject(value) || checkSelector('', value).length > 0) return undefined;
  return [...labelsSelector(value['matchLabels']), ...expressionsOf(value).map(requirementOf)];
}

/** A plain map of labels, as a Service's selector is one: all of them. */
export const labelsSelector = (labels: unknown): LabelSelector =>
  Object.entries(isObject(labels) ? labels : {}).map(([key, value]) => ({
    key,
    operator: 'in',
    values: [String(value)],
  }));

const expressionsOf = (selector: unknown): readonly Json[] => {
  const { matchExpressions } = objectAt(selector as Json);
  return Array.isArray(matchExpressions) ? matchExpressions : [];
};

function requirementOf(expression: Json): LabelRequirement {
  const { key, operator, values } = objectAt(expression);
  const read = OPERATORS[String(operator)];
  const named = { key: String(key) };
  if (read === 'exists' || read === 'missing') return { ...named, operator: read };
  const texts = Array.isArray(values) ? values.map(String) : [];
  return { ...named, operator: read === 'notin' ? 'notin' : 'in', values: texts };
}

/** What is wrong with a LabelSelector that is there. */
export function checkSelector(field: string, selector: unknown): readonly FieldCause[] {
  if (selector === undefined || selector === null) return [];
  if (!isObject(selector)) return [invalid(field, selector as Json, 'must be a label selector')];
  const { matchLabels, matchExpressions } = selector;
  const isList = matchExpressions === undefined || matchExpressions === null || Array.isArray(matchExpressions);
  return [
    ...checkSelectorLabels(`${field}.matchLabels`, matchLabels),
    ...(isList ? [] : [invalid(`${field}.matchExpressions`, matchExpressions, 'must be a list')]),
    ...expressionsOf(selector).flatMap((expression, index) =>
      checkExpression(`${field}.matchExpressions[${index}]`, expression),
    ),
  ];
}

/** What is wrong with a map of labels that others are selected by. */
export function checkSelectorLabels(field: string, labels: unknown): readonly FieldCause[] {
  if (labels === undefined || labels === null) return [];
  if (!isObject(labels)) return [invalid(field, labels as Json, 'must be a map of labels')];
  return Object.entries(labels).flatMap(([key, value]) => {
    if (!isLabelKey(key)) return [invalid(field, key, 'is no label key')];
    if (typeof value === 'string' && isLabelValue(value)) return [];
    return [invalid(field, value, 'is no label value')];
  });
}

function checkExpression(field: string, expression: Json): readonly FieldCause[] {
  const { key, operator, values } = objectAt(expression);
  const read = Object.hasOwn(OPERATORS, String(operator)) ? OPERATORS[String(operator)] : undefined;
  if (read === undefined) return [unsupported(`${field}.operator`, operator, Object.keys(OPERATORS))];
  if (typeof key !== 'string' || !isLabelKey(key)) return [invalid(`${field}.key`, key, 'is no label key')];
  const texts = Array.isArray(values) ? values : [];
  if (read === 'exists' || read === 'missing') {
    return texts.length === 0 ? [] : [invalid(`${field}.values`, values, `may not be given when it is ${operator}`)];
  }
  if (texts.length === 0) return [required(`${field}.values`, `must be given when it is ${operator}`)];
  const wrong = texts.find((value) => typeof value !== 'string' || !isLabelValue(value));
  return wrong === undefined ? [] : [invalid(`${field}.values`, wrong, 'is no label value')];
}
