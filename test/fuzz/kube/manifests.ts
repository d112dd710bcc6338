import type { JsonObject } from '../valid-requests.ts';

const labels = { app: 'web', tier: 'front' };
const selector = {
  matchLabels: { app: 'web' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }],
};
const podSpec = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 5,
  initContainers: [{ name: 'init', image: 'busybox:1', command: ['true'] }],
  containers: [
    {
      name: 'web',
      image: 'nginx:1.29',
      args: ['-g', 'daemon off;'],
      ports: [{ name: 'http', containerPort: 8080 }],
      env: [
        { name: 'A', value: 'b' },
        { name: 'FROM', valueFrom: { configMapKeyRef: { name: 'one', key: 'a' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      envFrom: [{ secretRef: { name: 'one', optional: true } }],
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '1Gi' } },
      livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      readinessProbe: { exec: { command: ['true'] } },
      lifecycle: { preStop: { exec: { command: ['true'] } } },
      securityContext: { runAsUser: 1000, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
  ],
  volumes: [
    { name: 'data', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'config', configMap: { name: 'one', items: [{ key: 'a', path: 'a' }] } },
  ],
};
const containersOnly = { containers: podSpec.containers.map(({ volumeMounts: _mounts, ...one }) => one) };
const template = { metadata: { labels }, spec: podSpec };
const review = { resourceAttributes: { namespace: 'default', verb: 'create', resource: 'pods' } };

/** One object of each kind that is made by itself, with most of what such objects say. */
export const MANIFESTS: Readonly<Record<string, JsonObject>> = {
  configmaps: { data: { a: 'b', 'c.txt': 'd\n' }, binaryData: { e: 'AQID' } },
  events: {
    involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name: 'one', uid: 'u' },
    reason: 'Started',
    type: 'Normal',
    message: 'it started',
    count: 2,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    source: { component: 'me' },
  },
  namespaces: { spec: { finalizers: ['kubernetes'] } },
  nodes: { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }], unschedulable: false } },
  pods: { spec: podSpec },
  secrets: { type: 'Opaque', data: { a: 'Yg==' }, stringData: { c: 'd' } },
  serviceaccounts: { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'one' }] },
  services: {
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }], sessionAffinity: 'ClientIP' },
  },
  'deployments.apps': {
    spec: {
      replicas: 2,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 60,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
      selector,
      template,
    },
  },
  'replicasets.apps': { spec: { replicas: 2, selector, template } },
  'jobs.batch': {
    spec: {
      completions: 3,
      parallelism: 2,
      backoffLimit: 2,
      ttlSecondsAfterFinished: 10,
      template: { metadata: { labels }, spec: { ...containersOnly, restartPolicy: 'Never' } },
    },
  },
  'leases.coordination.k8s.io': {
    spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
  },
  'endpointslices.discovery.k8s.io': {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  },
  'poddisruptionbudgets.policy': { spec: { maxUnavailable: '50%', selector } },
  'selfsubjectreviews.authentication.k8s.io': {},
  'selfsubjectaccessreviews.authorization.k8s.io': { spec: review },
  'selfsubjectrulesreviews.authorization.k8s.io': { spec: { namespace: 'default' } },
  'subjectaccessreviews.authorization.k8s.io': { spec: { ...review, user: 'somebody', groups: ['a'] } },
};
