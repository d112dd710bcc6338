import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeTypes } from './kube-schema/describe-types.ts';
import { type GoFile, readGoFile } from './kube-schema/read-go-types.ts';

/**
 * Writes core/kube/schema/kinds.json: fields, types, numbers and merge keys of the Kubernetes API's kinds, as its Go sources
 * declare them. Facts only; no text of theirs is kept. Needed again only for another version of Kubernetes or another kind:
 *
 *   apt-get download golang-k8s-api-dev golang-k8s-apimachinery-dev   (Debian 13: 0.32.3)
 *   for package in *.deb; do dpkg -x "$package" sources; done
 *   node scripts/write-kube-schema.ts sources/usr/share/gocode/src/k8s.io 1.32.3
 */
const [folder, version] = process.argv.slice(2);
if (folder === undefined || version === undefined) throw new Error('say the folder k8s.io and the version');

const PACKAGES: Readonly<Record<string, string>> = {
  'apps.v1': 'api/apps/v1',
  'authentication.v1': 'api/authentication/v1',
  'authorization.v1': 'api/authorization/v1',
  'autoscaling.v1': 'api/autoscaling/v1',
  'batch.v1': 'api/batch/v1',
  'coordination.v1': 'api/coordination/v1',
  'core.v1': 'api/core/v1',
  'discovery.v1': 'api/discovery/v1',
  'events.v1': 'api/events/v1',
  'meta.v1': 'apimachinery/pkg/apis/meta/v1',
  'policy.v1': 'api/policy/v1',
  'scheduling.v1': 'api/scheduling/v1',
};

/** Kinds that are sent as a whole; the rest of the table is what they are made of. */
const KINDS: readonly string[] = [
  ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map((kind) => `apps.v1.${kind}`),
  ...['SelfSubjectReview', 'TokenRequest', 'TokenReview'].map((kind) => `authentication.v1.${kind}`),
  ...['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'].map(
    (kind) => `authorization.v1.${kind}`,
  ),
  'autoscaling.v1.Scale',
  ...['CronJob', 'Job'].map((kind) => `batch.v1.${kind}`),
  'coordination.v1.Lease',
  ...[
    'Binding',
    'ConfigMap',
    'Endpoints',
    'Event',
    'LimitRange',
    'Namespace',
    'Node',
    'PersistentVolumeClaim',
    'Pod',
  ].map((kind) => `core.v1.${kind}`),
  ...['PodTemplate', 'ResourceQuota', 'Secret', 'Service', 'ServiceAccount'].map((kind) => `core.v1.${kind}`),
  'discovery.v1.EndpointSlice',
  'events.v1.Event',
  ...['DeleteOptions', 'Status'].map((kind) => `meta.v1.${kind}`),
  ...['Eviction', 'PodDisruptionBudget'].map((kind) => `policy.v1.${kind}`),
  'scheduling.v1.PriorityClass',
];

/** All files of a package as one. */
function readPackage(within: string): GoFile {
  const directory = path.join(folder ?? '', within);
  const names = readdirSync(directory).filter(
    (name) => name.endsWith('.go') && !/^zz_|_test|generated|^doc/.test(name),
  );
  const files = names.map((name) => readGoFile(readFileSync(path.join(directory, name), 'utf8')));
  return {
    types: new Map(files.flatMap(({ types }) => [...types])),
    imports: new Map(files.flatMap(({ imports }) => [...imports])),
  };
}

const packages = new Map(Object.entries(PACKAGES).map(([name, within]) => [name, readPackage(within)] as const));
const table = { source: `Kubernetes ${version}`, kinds: KINDS, types: describeTypes(packages, KINDS) };
writeFileSync(path.join(import.meta.dirname, '../core/kube/schema/kinds.json'), `${JSON.stringify(table, null, 2)}\n`);
