import { z } from 'zod';
import { evictPod } from '#control/kube/eviction/evict-pod.ts';
import { notFound } from '#control/kube/kube-faults.ts';
import { type NamedTarget, objectIdOf } from '#control/kube/object-request.ts';
import { findObject } from '#control/kube/read-objects.ts';
import { Fault } from '#core/fault.ts';
import type { Json } from '#core/json.ts';
import { objectAt } from '#core/kube/object.ts';
import { readBody } from '../body/read-body.ts';
import { isDryRun, type KubeCall } from '../call.ts';
import { jsonAnswer, type KubeAnswer } from '../kube-request.ts';
import { deleteOptions } from './remove.ts';

const eviction = z.object({
  apiVersion: z.enum(['policy/v1', 'policy/v1beta1']).nullish(),
  kind: z.literal('Eviction').nullish(),
  metadata: z.object({ name: z.string().nullish(), namespace: z.string().nullish() }).nullish(),
  deleteOptions: z.unknown(),
});

/** POST pods/NAME/eviction: a deletion that asks the disruption budgets first. */
export async function evictVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const read = eviction.safeParse(call.request.body.length === 0 ? {} : readBody(call.request));
  if (!read.success) throw new Fault('InvalidParameter', `the eviction is not valid: ${z.prettifyError(read.error)}`);
  const { metadata, deleteOptions: asked } = read.data;
  if (metadata?.name && metadata.name !== target.name) {
    throw new Fault('InvalidParameter', `name in URL does not match name in Eviction object: "${metadata.name}"`);
  }
  const options = deleteOptions(asked ?? {});
  await evictPod(call.deps, target, { ...options, isDryRun: isDryRun(call.parameters) || options.isDryRun });
  const done = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return jsonAnswer(201, done);
}

/** GET pods/NAME/binding: which node the pod was given. Binding is the pod worker's: there is no other scheduler to write it. */
export async function bindingVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const { resource, name } = target;
  const found = await findObject(call.deps, objectIdOf(target, name));
  const { nodeName } = objectAt(found?.value['spec'] as Json);
  if (!found || typeof nodeName !== 'string') throw notFound(resource, name);
  const { namespace, uid, creationTimestamp, resourceVersion } = found.value.metadata;
  return jsonAnswer(200, {
    kind: 'Binding',
    apiVersion: 'v1',
    metadata: { name, namespace, uid, creationTimestamp, resourceVersion },
    target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
  });
}
