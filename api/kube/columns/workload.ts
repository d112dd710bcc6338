import type { Json, JsonObject } from '#core/json.ts';
import { type KubeObject, objectAt, timeOf } from '#core/kube/object.ts';
import type { Column } from '../column.ts';
import { duration } from '../human-time.ts';
import {
  AGE,
  counted,
  isCondition,
  listAt,
  NAME,
  NONE,
  numberAt,
  pairsOf,
  specOf,
  statusOf,
  textAt,
  wide,
} from './common.ts';

const templateContainers = (object: KubeObject): readonly JsonObject[] =>
  listAt(objectAt(objectAt(specOf(object)['template'])['spec'])['containers']);

const joined = (texts: readonly string[]): string => (texts.length === 0 ? NONE : texts.join(','));

/** What the pods of a workload run, and which they are. */
const WIDE: readonly Column[] = [
  wide({
    name: 'Containers',
    description: 'Names of the containers of its pods.',
    value: (object) => joined(templateContainers(object).map(({ name }) => textAt(name, ''))),
  }),
  wide({
    name: 'Images',
    description: 'Images of the containers of its pods.',
    value: (object) => joined(templateContainers(object).map(({ image }) => textAt(image, ''))),
  }),
  wide({
    name: 'Selector',
    description: 'Which pods are its own.',
    value: (object) => selectorText(specOf(object)['selector']),
  }),
];

/** A LabelSelector as people write it on a command line. */
function selectorText(selector: Json | undefined): string {
  const { matchLabels, matchExpressions } = objectAt(selector);
  const labels = Object.keys(objectAt(matchLabels)).length > 0 ? [pairsOf(matchLabels)] : [];
  const expressions = listAt(matchExpressions).map(({ key, operator, values }) => {
    const list = Array.isArray(values) ? `(${values.map(String).join(',')})` : '';
    switch (operator) {
      case 'Exists':
        return textAt(key, '');
      case 'DoesNotExist':
        return `!${textAt(key, '')}`;
      default:
        return `${textAt(key, '')} ${operator === 'NotIn' ? 'notin' : 'in'} ${list}`;
    }
  });
  return joined([...labels, ...expressions]);
}

const replicasOf = (object: KubeObject): number => {
  const { replicas } = specOf(object);
  return typeof replicas === 'number' ? replicas : 1;
};
const told =
  (member: string) =>
  (object: KubeObject): number =>
    numberAt(statusOf(object)[member]);

export const deploymentColumns: readonly Column[] = [
  NAME,
  {
    name: 'Ready',
    description: 'Pods that are ready, of those asked for.',
    value: (object) => `${told('readyReplicas')(object)}/${replicasOf(object)}`,
  },
  counted('Up-to-date', 'Pods of the newest template.', told('updatedReplicas')),
  counted('Available', 'Pods that have been ready for long enough.', told('availableReplicas')),
  AGE,
  ...WIDE,
];

export const replicaSetColumns: readonly Column[] = [
  NAME,
  counted('Desired', 'Pods asked for.', replicasOf),
  counted('Current', 'Pods that are there.', told('replicas')),
  counted('Ready', 'Pods that are ready.', told('readyReplicas')),
  AGE,
  ...WIDE,
];

export const jobColumns: readonly Column[] = [
  NAME,
  { name: 'Status', description: 'How far the job is.', value: jobStatus },
  { name: 'Completions', description: 'Pods that succeeded, of those that must.', value: completions },
  { name: 'Duration', description: 'How long the job has run.', value: ranFor },
  AGE,
  ...WIDE,
];

function jobStatus(job: KubeObject): string {
  if (isCondition(job, 'Complete')) return 'Complete';
  if (isCondition(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const other = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => isCondition(job, type));
  return other ?? 'Running';
}

function completions(job: KubeObject): string {
  const { completions: asked, parallelism } = specOf(job);
  const succeeded = told('succeeded')(job);
  if (typeof asked === 'number') return `${succeeded}/${asked}`;
  const several = numberAt(parallelism);
  return several > 1 ? `${succeeded}/1 of ${several}` : `${succeeded}/1`;
}

function ranFor(job: KubeObject, now: number): string {
  const { startTime, completionTime } = statusOf(job);
  const from = timeOf(startTime);
  if (Number.isNaN(from)) return '';
  const to = timeOf(completionTime);
  return duration(Math.max(0, (Number.isNaN(to) ? now : to) - from));
}
