import { Fault } from '../../fault.ts';

/** One requirement of a label selector; an object matches a selector when it meets all of them. */
export type LabelRequirement =
  | { readonly key: string; readonly operator: 'in' | 'notin'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'exists' | 'missing' }
  | { readonly key: string; readonly operator: 'above' | 'below'; readonly bound: number };

export type LabelSelector = readonly LabelRequirement[];

type Labels = Readonly<Record<string, string>>;

export const matchesLabels = (selector: LabelSelector, labels: Labels = {}): boolean =>
  selector.every((requirement) => meets(requirement, labelOf(labels, requirement.key)));

const labelOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

function meets(requirement: LabelRequirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'notin':
      return value === undefined || !requirement.values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'missing':
      return value === undefined;
    case 'above':
      return value !== undefined && isInteger(value) && Number(value) > requirement.bound;
    case 'below':
      return value !== undefined && isInteger(value) && Number(value) < requirement.bound;
  }
}

const isInteger = (text: string): boolean => /^-?\d{1,15}$/.test(text);

const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

export const isLabelKey = (text: string): boolean => LABEL_KEY.test(text);
export const isLabelValue = (text: string): boolean => LABEL_VALUE.test(text);

const MAX_SELECTOR = 16_384;

/**
 * Reads a `labelSelector` parameter: `a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x)`, `a`, `!a`, `a>1`, `a<1`, joined by
 * commas (Kubernetes: labels and selectors). Faults: InvalidParameter.
 */
export function parseLabelSelector(text: string): LabelSelector {
  if (text.length > MAX_SELECTOR) {
    throw new Fault('InvalidParameter', `the label selector is longer than ${MAX_SELECTOR} characters`);
  }
  return split(text).map((part) => parseRequirement(part, text));
}

/** Parts between commas that stand outside parentheses. */
function split(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return text.trim() === '' ? [] : parts.map((part) => part.trim());
}

const SET = /^([^\s!=<>,()]+)\s+(in|notin)\s*\(([^()]*)\)$/;
const COMPARISON = /^([^\s!=<>,()]+)\s*(==|=|!=|>|<)\s*([^\s!=<>,()]*)$/;
const PRESENCE = /^(!?)\s*([^\s!=<>,()]+)$/;

function parseRequirement(part: string, whole: string): LabelRequirement {
  const [, setKey = '', operator, list = ''] = SET.exec(part) ?? [];
  if (operator !== undefined) {
    const values = list.split(',').map((value) => checkedValue(value.trim(), whole));
    return { key: checkedKey(setKey, whole), operator: operator === 'in' ? 'in' : 'notin', values };
  }
  const [, comparedKey = '', sign, value = ''] = COMPARISON.exec(part) ?? [];
  if (sign !== undefined) return comparison(checkedKey(comparedKey, whole), sign, checkedValue(value, whole), whole);
  const [, not, key] = PRESENCE.exec(part) ?? [];
  if (key === undefined) throw unreadable(whole, `"${part}" is no requirement`);
  return { key: checkedKey(key, whole), operator: not === '!' ? 'missing' : 'exists' };
}

function comparison(key: string, sign: string, value: string, whole: string): LabelRequirement {
  if (sign === '!=') return { key, operator: 'notin', values: [value] };
  if (sign !== '>' && sign !== '<') return { key, operator: 'in', values: [value] };
  if (!isInteger(value)) throw unreadable(whole, `"${value}" is no whole number to compare with`);
  return { key, operator: sign === '>' ? 'above' : 'below', bound: Number(value) };
}

function checkedKey(key: string, whole: string): string {
  if (!isLabelKey(key)) throw unreadable(whole, `"${key}" is no label key`);
  return key;
}

function checkedValue(value: string, whole: string): string {
  if (!isLabelValue(value)) throw unreadable(whole, `"${value}" is no label value`);
  return value;
}

const unreadable = (text: string, why: string): Fault =>
  new Fault('InvalidParameter', `unable to parse the label selector "${text.slice(0, 200)}": ${why}`);
