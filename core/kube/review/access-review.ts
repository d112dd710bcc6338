import { Fault } from '../../fault.ts';
import type { Json, JsonObject } from '../../json.ts';
import { isObject, objectAt } from '../object.ts';
import type { KubeResource } from '../resource.ts';
import type { Review } from './review.ts';

/**
 * SelfSubjectAccessReview and SubjectAccessReview (authorization.k8s.io/v1). Berth has no rules of its own: whoever has a
 * credential of a cluster may do there whatever is served at all.
 */
export const accessReview: Review = (question, _asker, resources) => {
  const { resourceAttributes, nonResourceAttributes } = objectAt(question['spec']);
  const asked = [resourceAttributes, nonResourceAttributes].filter(isObject);
  if (asked.length !== 1) {
    throw new Fault(
      'InvalidParameter',
      'spec: exactly one of resourceAttributes and nonResourceAttributes must be given',
    );
  }
  if (!isObject(resourceAttributes)) return allowed(isReading(objectAt(nonResourceAttributes)['verb']));
  return allowed(resources.some((resource) => serves(resource, resourceAttributes)));
};

const READING: readonly (Json | undefined)[] = ['get', 'head', '*'];
const isReading = (verb: Json | undefined): boolean => READING.includes(verb);

const allowed = (isAllowed: boolean): JsonObject =>
  isAllowed ? { allowed: true } : { allowed: false, reason: 'Berth does not serve this' };

/** Whether some object of the resource may be treated so; `*` asks for anything. */
function serves(resource: KubeResource, asked: JsonObject): boolean {
  const { group = '', verb = '*', subresource } = asked;
  const isWhole = asked['resource'] === '*' || asked['resource'] === undefined;
  if (group !== '*' && group !== resource.group) return false;
  if (!isWhole && asked['resource'] !== resource.plural) return false;
  const isPart = subresource !== undefined && subresource !== null && subresource !== '';
  if (!isPart) return may(resource.verbs, verb);
  return resource.subresources.some(
    (part) => (subresource === '*' || part.name === subresource) && may(part.verbs, verb),
  );
}

const may = (verbs: readonly string[], verb: Json): boolean => verb === '*' || verbs.includes(String(verb));

/** SelfSubjectRulesReview: everything that is served, which is what everybody may do. */
export const rulesReview: Review = (_question, _asker, resources) => ({
  resourceRules: resources.flatMap((resource) => [
    rule(resource.group, resource.plural, resource.verbs),
    ...resource.subresources.map(({ name, verbs }) => rule(resource.group, `${resource.plural}/${name}`, verbs)),
  ]),
  nonResourceRules: [
    {
      verbs: ['get'],
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi/*',
        '/readyz',
        '/version',
      ],
    },
  ],
  incomplete: false,
});

const rule = (group: string, resource: string, verbs: readonly string[]): JsonObject => ({
  verbs,
  apiGroups: [group],
  resources: [resource],
});
