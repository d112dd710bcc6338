import { eventView } from './event/event-view.ts';
import { configMapRules } from './kinds/config-map.ts';
import { deploymentRules } from './kinds/deployment.ts';
import { disruptionBudgetRules } from './kinds/disruption-budget.ts';
import { endpointSliceRules } from './kinds/endpoint-slice.ts';
import { jobRules } from './kinds/job.ts';
import { PLAIN_RULES } from './kinds/kind-rules.ts';
import { leaseRules } from './kinds/lease.ts';
import { namespaceRules } from './kinds/namespace.ts';
import { podRules } from './kinds/pod.ts';
import { replicaSetRules } from './kinds/replica-set.ts';
import { secretRules } from './kinds/secret.ts';
import { serviceRules } from './kinds/service.ts';
import { apiVersionOf, type KubeResource, resourceName, type Subresource, type Verb } from './resource.ts';
import { accessReview, rulesReview } from './review/access-review.ts';
import type { Review } from './review/review.ts';
import { selfReview } from './review/self-review.ts';
import { scaleFace } from './workload/scale.ts';

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A question that is posted, answered, and kept by nobody. */
const question = (kind: string, review: Review): Row => ({
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  isNamespaced: false,
  verbs: ['create'],
  review,
});

const READ_VERBS: readonly Verb[] = ['get', 'list', 'watch'];

type Row = Pick<KubeResource, 'plural' | 'singular' | 'kind'> & Partial<KubeResource>;

const inGroup =
  (group: string, version = 'v1') =>
  (row: Row): KubeResource => ({
    group,
    version,
    shortNames: [],
    categories: [],
    isNamespaced: true,
    verbs: ALL_VERBS,
    subresources: [],
    selectableFields: [],
    rules: PLAIN_RULES,
    isReconciled: false,
    ...row,
  });

const core = inGroup('');
const apps = inGroup('apps');

const status = (kind: string): Subresource => ({ name: 'status', kind, verbs: ['get', 'patch', 'update'] });
const scale: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
  face: scaleFace,
};

const eviction: Subresource = {
  name: 'eviction',
  kind: 'Eviction',
  group: 'policy',
  version: 'v1',
  verbs: ['create'],
};
/** Only the pod worker binds pods. */
const binding: Subresource = { name: 'binding', kind: 'Binding', verbs: ['get'] };

/** Fields of an event by which `kubectl describe` and `kubectl events` look for it. */
const REGARDING = ['kind', 'apiVersion', 'namespace', 'name', 'uid', 'fieldPath', 'resourceVersion'];

/** Every resource of the Kubernetes face. Paths, discovery, documents, checks and the tests are made from this table. */
export const RESOURCES: readonly KubeResource[] = [
  core({ plural: 'configmaps', singular: 'configmap', kind: 'ConfigMap', shortNames: ['cm'], rules: configMapRules }),
  core({
    plural: 'events',
    singular: 'event',
    kind: 'Event',
    shortNames: ['ev'],
    selectableFields: [
      ...REGARDING.map((field) => `involvedObject.${field}`),
      'reason',
      'type',
      'source',
      'reportingComponent',
    ],
    fieldPaths: { source: 'source.component' },
  }),
  core({
    plural: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    shortNames: ['ns'],
    isNamespaced: false,
    // A collection of namespaces cannot be deleted at once in Kubernetes either.
    verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
    subresources: [status('Namespace')],
    selectableFields: ['status.phase'],
    rules: namespaceRules,
    isReconciled: true,
  }),
  core({
    plural: 'nodes',
    singular: 'node',
    kind: 'Node',
    shortNames: ['no'],
    isNamespaced: false,
    subresources: [status('Node')],
    selectableFields: ['spec.unschedulable'],
  }),
  core({
    plural: 'pods',
    singular: 'pod',
    kind: 'Pod',
    shortNames: ['po'],
    categories: ['all'],
    subresources: [binding, eviction, status('Pod'), { name: 'log', kind: 'Pod', verbs: ['get'] }],
    selectableFields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ],
    rules: podRules,
    isReconciled: true,
  }),
  core({ plural: 'secrets', singular: 'secret', kind: 'Secret', selectableFields: ['type'], rules: secretRules }),
  core({ plural: 'serviceaccounts', singular: 'serviceaccount', kind: 'ServiceAccount', shortNames: ['sa'] }),
  core({
    plural: 'services',
    singular: 'service',
    kind: 'Service',
    shortNames: ['svc'],
    categories: ['all'],
    subresources: [status('Service')],
    selectableFields: ['spec.clusterIP', 'spec.type'],
    rules: serviceRules,
    isReconciled: true,
  }),
  apps({
    plural: 'deployments',
    singular: 'deployment',
    kind: 'Deployment',
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: [scale, status('Deployment')],
    rules: deploymentRules,
    isReconciled: true,
  }),
  apps({
    plural: 'replicasets',
    singular: 'replicaset',
    kind: 'ReplicaSet',
    shortNames: ['rs'],
    categories: ['all'],
    subresources: [scale, status('ReplicaSet')],
    selectableFields: ['status.replicas'],
    rules: replicaSetRules,
    isReconciled: true,
  }),
  inGroup('authentication.k8s.io')(question('SelfSubjectReview', selfReview)),
  inGroup('authorization.k8s.io')(question('SelfSubjectAccessReview', accessReview)),
  inGroup('authorization.k8s.io')(question('SelfSubjectRulesReview', rulesReview)),
  inGroup('authorization.k8s.io')(question('SubjectAccessReview', accessReview)),
  inGroup('batch')({
    plural: 'jobs',
    singular: 'job',
    kind: 'Job',
    categories: ['all'],
    subresources: [status('Job')],
    rules: jobRules,
    isReconciled: true,
    selectableFields: ['status.successful'],
    fieldPaths: { 'status.successful': 'status.succeeded' },
  }),
  inGroup('coordination.k8s.io')({ plural: 'leases', singular: 'lease', kind: 'Lease', rules: leaseRules }),
  inGroup('discovery.k8s.io')({
    plural: 'endpointslices',
    singular: 'endpointslice',
    kind: 'EndpointSlice',
    rules: endpointSliceRules,
  }),
  inGroup('events.k8s.io')({
    plural: 'events',
    singular: 'event',
    kind: 'Event',
    shortNames: ['ev'],
    verbs: READ_VERBS,
    selectableFields: [...REGARDING.map((field) => `regarding.${field}`), 'reason', 'type', 'reportingController'],
    view: eventView,
  }),
  inGroup('policy')({
    plural: 'poddisruptionbudgets',
    singular: 'poddisruptionbudget',
    kind: 'PodDisruptionBudget',
    shortNames: ['pdb'],
    subresources: [status('PodDisruptionBudget')],
    rules: disruptionBudgetRules,
    isReconciled: true,
  }),
  inGroup('scheduling.k8s.io')({
    plural: 'priorityclasses',
    singular: 'priorityclass',
    kind: 'PriorityClass',
    shortNames: ['pc'],
    isNamespaced: false,
    verbs: READ_VERBS,
  }),
];

const BY_NAME: ReadonlyMap<string, KubeResource> = new Map(
  RESOURCES.map((resource) => [`${resource.group}/${resource.version}/${resource.plural}`, resource]),
);

export const findResource = (group: string, version: string, plural: string): KubeResource | undefined =>
  BY_NAME.get(`${group}/${version}/${plural}`);

/** The resource of a name the table of this file is sure to have, such as `namespaces`. */
export function resourceNamed(name: string): KubeResource {
  const found = RESOURCES.find((resource) => resourceName(resource) === name);
  if (!found) throw new TypeError(`no resource ${name}`);
  return found;
}

const BY_KIND: ReadonlyMap<string, KubeResource> = new Map(
  RESOURCES.map((resource) => [`${apiVersionOf(resource)} ${resource.kind}`, resource]),
);

/** The resource whose objects say this of themselves. */
export const resourceOfKind = (apiVersion: string, kind: string): KubeResource | undefined =>
  BY_KIND.get(`${apiVersion} ${kind}`);
