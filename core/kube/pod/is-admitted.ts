import type { KubeObject } from '../object.ts';

/** Annotation with the size a pod was given, as EKS writes it. */
export const CAPACITY_ANNOTATION = 'CapacityProvisioned';

/**
 * Whether the pod was given a profile and a size.
 * Invariant: that is written before the pod's task is, so a pod without it has none and never had one.
 */
export const isAdmitted = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[CAPACITY_ANNOTATION] !== undefined;
