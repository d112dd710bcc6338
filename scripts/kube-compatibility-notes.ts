import table from '#core/kube/schema/kinds.json' with { type: 'json' };

export interface Note {
  /** Fields or values, as a manifest names them. */
  readonly what: string;
  /** recorded: kept and shown, and nothing acts on it; refused: nothing is written. */
  readonly fate: 'recorded' | 'refused' | 'limited';
  readonly why: string;
}

/** What the resource table cannot say of itself, by the resource's name. A test holds the names to the table. */
export const KIND_NOTES: Readonly<Record<string, readonly Note[]>> = {
  pods: [
    {
      what: 'privileged, hostNetwork, hostPID, hostIPC, hostPort, hostPath, devices, foreign capabilities',
      fate: 'limited',
      why: 'The pod is stored and stays Pending; a `FailedScheduling` event says why, in the words of EKS on Fargate.',
    },
    { what: 'nodeSelector, affinity, tolerations', fate: 'limited', why: 'Judged against the one node a pod gets.' },
    {
      what: 'exec, attach, port-forward',
      fate: 'refused',
      why: 'They need an upgraded connection, which API Gateway and Lambda do not carry; `berth exec pod/NAME` runs commands.',
    },
  ],
  services: [
    {
      what: 'spec.clusterIP',
      fate: 'recorded',
      why: 'A virtual address of 10.96.0.0/12 of its own; no packet is routed to it and no name resolves to it yet.',
    },
    {
      what: 'type LoadBalancer',
      fate: 'recorded',
      why: 'Nobody makes a load balancer: its address stays `<pending>`.',
    },
    {
      what: 'spec.ports[].nodePort',
      fate: 'recorded',
      why: 'Checked against 30000-32767 when it is given; none is given out, because nodes forward nothing.',
    },
    { what: 'ipFamilies IPv6, ipFamilyPolicy RequireDualStack', fate: 'refused', why: 'Addresses are IPv4.' },
  ],
  'endpointslices.discovery.k8s.io': [
    {
      what: 'slices of services with a selector',
      fate: 'limited',
      why: 'Written a second after their pods change. A pod whose labels take it out of a service leaves within five minutes. The older `Endpoints` are not served.',
    },
  ],
  events: [
    {
      what: 'repeats',
      fate: 'limited',
      why: 'The same news raises a count; repeats that come soon after one another are not written.',
    },
    { what: 'age', fate: 'limited', why: 'Deleted an hour after they were last told, at most six minutes later.' },
  ],
  'events.events.k8s.io': [
    { what: 'writing', fate: 'refused', why: 'A view of the events of the core group, to be read and watched.' },
  ],
  'poddisruptionbudgets.policy': [
    {
      what: 'spec.unhealthyPodEvictionPolicy',
      fate: 'recorded',
      why: 'Evictions count healthy pods as IfHealthyBudget does.',
    },
  ],
  'priorityclasses.scheduling.k8s.io': [
    { what: 'own classes', fate: 'refused', why: 'The two classes of the system are there to be read.' },
  ],
  'replicasets.apps': [
    {
      what: 'pods that fail at their start',
      fate: 'limited',
      why: 'Replaced one at a time, 10 s to 5 min after the last failure; ten failed pods are kept. Kubernetes replaces at once and keeps thousands.',
    },
    {
      what: 'adoption of pods that come to match later',
      fate: 'limited',
      why: 'By the sweep, within a minute; at once when something of the set itself changes.',
    },
  ],
  'jobs.batch': [
    {
      what: 'spec.podFailurePolicy, successPolicy, backoffLimitPerIndex, maxFailedIndexes, managedBy',
      fate: 'refused',
      why: 'Not built yet; a job that asks for one would be judged by other rules than it says.',
    },
    {
      what: 'status.uncountedTerminatedPods',
      fate: 'limited',
      why: 'Always empty: an end is counted in the transaction that takes the finalizer away.',
    },
  ],
  serviceaccounts: [
    {
      what: 'tokens',
      fate: 'refused',
      why: 'Pods get no credential of the API; `default` is made in every namespace so that clients find it.',
    },
  ],
  'leases.coordination.k8s.io': [
    { what: 'spec', fate: 'recorded', why: 'For clients that elect a leader; Berth itself uses none.' },
  ],
  'selfsubjectaccessreviews.authorization.k8s.io': [
    { what: 'allowed', fate: 'limited', why: 'Whoever has a credential of a cluster may do there what is served.' },
  ],
};

/** Limits of the whole face: each a row of what and how much. */
export const LIMITS: readonly (readonly [what: string, limit: string])[] = [
  ['authorization', 'no RBAC: a credential of a cluster may do there everything that is served'],
  ['object', '320 KB, not 1.5 MB: an item of the table has 400 KB'],
  ['request body', '1 MB, nested 96 levels at most; YAML without aliases, and of 320 KB at most'],
  ['list', '500 objects are read at a time, `limit` gives at most 1,000 at once; `continue` goes on'],
  [
    'watch',
    'ends after four minutes at most and is begun again by the client; a change shows within a quarter of a second',
  ],
  [
    'watch, away for long',
    'changes are kept for an hour; an older `resourceVersion` is 410 Expired, and the client lists again',
  ],
  ['writes', 'changes of one collection take turns: some hundred a second and collection'],
  [
    'fields',
    `those of ${table.source}; others are refused, warned about or passed over as \`fieldValidation\` asks, and never stored`,
  ],
  ['explain', 'shows every field with its type; only kinds are described in words'],
  [
    'server-side apply',
    'of objects and their status, not of scale; what controllers of Berth change belongs to nobody; `stringData` goes into `data` and stays there',
  ],
  ['answers', 'JSON, and Tables; never protobuf. Bodies may be JSON, YAML or protobuf'],
  ['resourceVersion', 'counts within one resource of one cluster, and means nothing beside others'],
  [
    'not served',
    'DaemonSets, StatefulSets, CronJobs, HorizontalPodAutoscalers, Ingresses, PersistentVolumes, RBAC, CustomResourceDefinitions, webhooks, metrics',
  ],
];
