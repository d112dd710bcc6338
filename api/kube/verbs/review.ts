import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import type { Review } from '#core/kube/review/review.ts';
import type { KubeCall } from '../call.ts';
import { jsonAnswer, type KubeAnswer } from '../kube-request.ts';
import { sentObject } from './write.ts';

/** POST of a question: it is answered with itself and a status, and nothing is stored. */
export function reviewVerb(call: KubeCall, resource: KubeResource, review: Review): KubeAnswer {
  const question = sentObject(call, { resource, namespace: '' });
  const { kind } = resource;
  const status = review(question, call.user, RESOURCES);
  return jsonAnswer(201, { ...question, kind, apiVersion: apiVersionOf(resource), status });
}
