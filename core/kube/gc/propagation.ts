import type { KubeObject } from '../object.ts';

/** What becomes of the objects an object owns (meta/v1 DeletionPropagation). */
export type Propagation =
  /** They stay, without that owner. */
  | 'Orphan'
  /** They go after it. */
  | 'Background'
  /** Those that block its deletion go before it. */
  | 'Foreground';

/** Holds a deleted object until the objects it owns, and that block it, are gone. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
/** Holds a deleted object until the objects it owned know it no longer. */
export const ORPHAN_FINALIZER = 'orphan';

const OF_POLICY: Readonly<Record<Propagation, readonly string[]>> = {
  Orphan: [ORPHAN_FINALIZER],
  Background: [],
  Foreground: [FOREGROUND_FINALIZER],
};

/** The finalizers of an object that is deleted so. Who says nothing of its dependents leaves to them what was said before. */
export const finalizersFor = (finalizers: readonly string[], propagation?: Propagation): readonly string[] =>
  propagation === undefined
    ? finalizers
    : [
        ...finalizers.filter((name) => name !== FOREGROUND_FINALIZER && name !== ORPHAN_FINALIZER),
        ...OF_POLICY[propagation],
      ];

/** True while a deleted object waits for what it owns, to go first or to be told. */
export const isCollecting = ({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): boolean =>
  deletionTimestamp !== undefined &&
  (finalizers.includes(FOREGROUND_FINALIZER) || finalizers.includes(ORPHAN_FINALIZER));
