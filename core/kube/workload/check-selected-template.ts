import type { FieldCause } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { invalid, required } from '../causes.ts';
import { isObject } from '../object.ts';
import { isSameValue } from '../same-value.ts';
import { matchesLabels } from '../selector/label-selector.ts';
import { checkSelector, selectorOf } from '../selector/selector-object.ts';
import { checkTemplate, labelsOf } from './pod-template.ts';

/** What is wrong with a selector and the template of the pods it is to select; the selector never changes. */
export function checkSelectedTemplate(
  { selector, template }: JsonObject,
  before: JsonObject | undefined,
): readonly FieldCause[] {
  return [
    ...checkOwnSelector(selector, before?.['selector']),
    ...(matches(selector, template)
      ? []
      : [invalid('spec.template.metadata.labels', labelsOf(template), '`selector` does not match template `labels`')]),
    ...checkTemplate(template, 'spec.template', ['Always']),
  ];
}

function checkOwnSelector(selector: Json | undefined, before: Json | undefined): readonly FieldCause[] {
  if (selector === undefined || selector === null) return [required('spec.selector')];
  const causes = checkSelector('spec.selector', selector);
  const isEmpty = selectorOf(selector)?.length === 0;
  return [
    ...causes,
    ...(isEmpty ? [invalid('spec.selector', selector, 'empty selector is invalid for deployment')] : []),
    ...(before === undefined || isSameValue(before, selector)
      ? []
      : [invalid('spec.selector', selector, 'field is immutable')]),
  ];
}

/** A selector that cannot be read is complained about on its own. */
function matches(selector: Json | undefined, template: Json | undefined): boolean {
  const read = isObject(selector) ? selectorOf(selector) : undefined;
  return read === undefined || matchesLabels(read, labelsOf(template));
}
