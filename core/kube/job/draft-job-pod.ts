import type { Json, JsonObject } from '../../json.ts';
import { isObject, type KubeObject, objectAt, type RawObject } from '../object.ts';
import { draftPod } from '../workload/draft-pod.ts';
import { INDEX_LABEL, jobSpec, TRACKING_FINALIZER } from './job.ts';

/** A pod of a Job, for one of its completions when it is indexed: the pod knows which by its name, labels and environment. */
export function draftJobPod(job: KubeObject, name: string, index: number | undefined): RawObject {
  const { template } = jobSpec(job);
  const marks = { name, finalizers: [TRACKING_FINALIZER] };
  if (index === undefined) return draftPod(job, template, marks);
  const annotations = { [INDEX_LABEL]: String(index) };
  return draftPod(job, indexed(template, job.metadata.name, index), { ...marks, annotations });
}

function indexed(template: JsonObject, job: string, index: number): JsonObject {
  const metadata = objectAt(template['metadata']);
  const spec = objectAt(template['spec']);
  const hostname = `${job}-${index}`.slice(0, 63);
  return {
    ...template,
    metadata: { ...metadata, labels: { ...objectAt(metadata['labels']), [INDEX_LABEL]: String(index) } },
    spec: {
      hostname,
      ...spec,
      ...told(spec, 'containers', index),
      ...told(spec, 'initContainers', index),
    },
  };
}

const VARIABLE = 'JOB_COMPLETION_INDEX';

function told(spec: JsonObject, member: string, index: number): JsonObject {
  const containers = spec[member];
  if (!Array.isArray(containers)) return {};
  return {
    [member]: (containers as readonly Json[]).map((container) => {
      if (!isObject(container)) return container;
      const env = Array.isArray(container['env']) ? (container['env'] as readonly Json[]) : [];
      const isTold = env.some((one) => isObject(one) && one['name'] === VARIABLE);
      return isTold ? container : { ...container, env: [...env, { name: VARIABLE, value: String(index) }] };
    }),
  };
}
