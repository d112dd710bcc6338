import { Fault } from '#core/fault.ts';

/** What is still alive in a cluster. */
export interface ClusterContents {
  /** Services that are not INACTIVE. */
  readonly services: number;
  /** Instances that are not INACTIVE. */
  readonly instances: number;
  /** Whether a task has not stopped. */
  readonly hasTasks: boolean;
}

/** Throws the ClusterContains* fault for the first kind of thing that keeps a cluster from being deleted. */
export function refuseDeletion(contents: ClusterContents): void {
  if (contents.services > 0) {
    throw new Fault('ClusterContainsServices', 'The Cluster cannot be deleted while Services are active.');
  }
  if (contents.instances > 0) {
    throw new Fault(
      'ClusterContainsContainerInstances',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
  }
  if (contents.hasTasks) {
    throw new Fault('ClusterContainsTasks', 'The Cluster cannot be deleted while Tasks are active.');
  }
}
