import type { Json, JsonObject } from '../../json.ts';
import { type KubeObject, objectAt, type RawObject } from '../object.ts';
import { controllerReference } from './owner.ts';
import { labelsOf, type PodTemplate } from './pod-template.ts';
import { nameBase } from './safe-name.ts';

/** What a pod has beside what its template says. */
export interface PodMarks {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** A pod made after a controller's template. */
export function draftPod(owner: KubeObject, template: PodTemplate, marks: PodMarks): RawObject {
  const metadata = objectAt(template['metadata']);
  const annotations = { ...objectAt(metadata['annotations']), ...marks.annotations };
  const finalizers = [...listOf(metadata['finalizers']), ...(marks.finalizers ?? [])];
  return {
    metadata: {
      name: marks.name,
      generateName: nameBase(owner.metadata.name),
      labels: labelsOf(template),
      ...(Object.keys(annotations).length > 0 && { annotations: annotations as JsonObject }),
      ...(finalizers.length > 0 && { finalizers }),
      ownerReferences: [{ ...controllerReference(owner) }],
    },
    spec: objectAt(template['spec']),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
