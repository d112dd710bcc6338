const MAX_LABEL = 63;

/** Namespace in which a cluster's ECS tasks are shown as pods. Cluster names have letters and signs that namespaces do not. */
export const mirrorNamespace = (cluster: string): string =>
  `ecs-${cluster.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`.slice(0, MAX_LABEL).replace(/-+$/, '');

/** Label of a pod that is an ECS task seen from here, with the task's id. */
export const MIRROR_LABEL = 'berth/ecs-task';
