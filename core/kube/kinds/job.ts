import type { FieldCause } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { forbiddenField, invalid, required, unsupported } from '../causes.ts';
import { JOB_NAME_LABEL } from '../job/job.ts';
import { type KubeObject, objectAt } from '../object.ts';
import { isSameValue } from '../same-value.ts';
import { matchesLabels } from '../selector/label-selector.ts';
import { checkSelector, selectorOf } from '../selector/selector-object.ts';
import { checkFlag, checkNumber } from '../workload/check-number.ts';
import { checkTemplate, fillTemplate, labelsOf } from '../workload/pod-template.ts';
import type { KindRules } from './kind-rules.ts';

const UID_LABEL = 'batch.kubernetes.io/controller-uid';

/** Rules of a Job (batch/v1): one pod and six failures where nothing is said; it selects its pods by its own uid. */
export const jobRules: KindRules = {
  fillDefaults: (object) => {
    const spec = filled(specOf(object), object.metadata);
    const labels = labelsOf(spec['template']);
    const isBare = Object.keys(object.metadata.labels ?? {}).length === 0;
    return {
      ...object,
      metadata: isBare ? { ...object.metadata, labels } : object.metadata,
      spec,
      status: object['status'] ?? {},
    };
  },
  check: (object, before) => [
    ...checkShape(specOf(object)),
    ...checkPods(specOf(object)),
    ...(before ? checkUnchanged(specOf(object), specOf(before)) : []),
  ],
  desired: ['spec'],
};

const specOf = (object: KubeObject): JsonObject => objectAt(object['spec'] as Json);

function filled(spec: JsonObject, { uid, name }: KubeObject['metadata']): JsonObject {
  const isLone = (spec['parallelism'] ?? null) === null && (spec['completions'] ?? null) === null;
  const template = fillTemplate(spec['template']);
  const named = { [UID_LABEL]: uid, [JOB_NAME_LABEL]: name, 'controller-uid': uid, 'job-name': name };
  const labels = { ...labelsOf(template), ...(spec['manualSelector'] === true ? {} : named) };
  return {
    ...spec,
    parallelism: spec['parallelism'] ?? 1,
    ...(isLone && { completions: 1 }),
    completionMode: spec['completionMode'] ?? 'NonIndexed',
    backoffLimit: spec['backoffLimit'] ?? 6,
    suspend: spec['suspend'] ?? false,
    podReplacementPolicy: spec['podReplacementPolicy'] ?? 'TerminatingOrFailed',
    selector: spec['selector'] ?? (spec['manualSelector'] === true ? null : { matchLabels: { [UID_LABEL]: uid } }),
    template: { ...template, metadata: { ...objectAt(template['metadata']), labels } },
  };
}

const NUMBERS = ['parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'];
/** What decides otherwise about failures and successes than the worker does. */
const REFUSED = ['podFailurePolicy', 'successPolicy', 'backoffLimitPerIndex', 'maxFailedIndexes', 'managedBy'];

function checkShape(spec: JsonObject): readonly FieldCause[] {
  const { completionMode: mode, completions, podReplacementPolicy: replacement } = spec;
  const isEndless = mode === 'Indexed' && (completions ?? null) === null;
  return [
    ...NUMBERS.flatMap((name) => checkNumber(`spec.${name}`, spec[name])),
    ...checkFlag('spec.suspend', spec['suspend']),
    ...checkFlag('spec.manualSelector', spec['manualSelector']),
    ...checkOneOf('spec.completionMode', mode, ['Indexed', 'NonIndexed']),
    ...checkOneOf('spec.podReplacementPolicy', replacement, ['Failed', 'TerminatingOrFailed']),
    ...(isEndless ? [required('spec.completions', 'when completion mode is Indexed')] : []),
    ...REFUSED.filter((name) => (spec[name] ?? null) !== null).map((name) =>
      forbiddenField(`spec.${name}`, 'Berth does not support it yet'),
    ),
  ];
}

const checkOneOf = (field: string, value: Json | undefined, known: readonly string[]): readonly FieldCause[] =>
  typeof value === 'string' && known.includes(value) ? [] : [unsupported(field, value, known)];

function checkPods({ selector, template }: JsonObject): readonly FieldCause[] {
  const read = selectorOf(selector);
  const isOther = read !== undefined && !matchesLabels(read, labelsOf(template));
  return [
    ...((selector ?? null) === null ? [required('spec.selector')] : checkSelector('spec.selector', selector)),
    ...(isOther
      ? [invalid('spec.template.metadata.labels', labelsOf(template), '`selector` does not match template `labels`')]
      : []),
    ...checkTemplate(template, 'spec.template', ['OnFailure', 'Never']),
  ];
}

/** What a Job is made of never changes; how fast it goes, and whether, may. An indexed one may grow as a whole. */
function checkUnchanged(spec: JsonObject, before: JsonObject): readonly FieldCause[] {
  const isElastic = spec['completionMode'] === 'Indexed' && spec['completions'] === spec['parallelism'];
  const fixed = ['selector', 'template', 'completionMode', ...(isElastic ? [] : ['completions'])];
  return fixed
    .filter((name) => !isSameValue(spec[name] ?? null, before[name] ?? null))
    .map((name) => invalid(`spec.${name}`, spec[name], 'field is immutable'));
}
