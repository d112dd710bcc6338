import { assertNever } from '../../assert-never.ts';
import type { LabelSelector } from './label-selector.ts';

/** A selector as a `labelSelector` parameter has it, such as `app=web,tier in (a,b)`. */
export const selectorText = (selector: LabelSelector): string =>
  selector
    .map((requirement) => {
      const { key } = requirement;
      switch (requirement.operator) {
        case 'in':
        case 'notin':
          return requirement.operator === 'in' && requirement.values.length === 1
            ? `${key}=${requirement.values[0]}`
            : `${key} ${requirement.operator} (${[...requirement.values].sort().join(',')})`;
        case 'exists':
          return key;
        case 'missing':
          return `!${key}`;
        case 'above':
        case 'below':
          return `${key}${requirement.operator === 'above' ? '>' : '<'}${requirement.bound}`;
        default:
          return assertNever(requirement);
      }
    })
    .join(',');
