import type { JsonObject } from '../../json.ts';
import type { KubeObject } from '../object.ts';
import { type Condition, conditionNamed, conditionsOf, replaced } from '../workload/condition.ts';

/** What is left in a namespace that goes. */
export interface Remains {
  /** Objects by the name of their resource. */
  readonly objects: ReadonlyMap<string, number>;
  /** Objects by the finalizer that holds them. */
  readonly finalizers: ReadonlyMap<string, number>;
}

const said = (type: string, isSo: boolean, reason: string, message: string): Condition => ({
  type,
  status: isSo ? 'True' : 'False',
  reason,
  message,
});

/** How Kubernetes tells what a namespace that is deleted still waits for (core/v1 NamespaceStatus). */
export function endingStatus(namespace: KubeObject, { objects, finalizers }: Remains, now: number): JsonObject {
  const list = (counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string =>
    [...counts].map(([name, count]) => text(name, count)).join(', ');
  const left = list(objects, (name, count) => `${name} has ${count} resource instances`);
  const held = list(finalizers, (name, count) => `${name} in ${count} resource instances`);
  const conditions = [
    said('NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'),
    said(
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    objects.size > 0
      ? said('NamespaceContentRemaining', true, 'SomeResourcesRemain', `Some resources are remaining: ${left}`)
      : said('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
    finalizers.size > 0
      ? said(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held}`,
        )
      : said(
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
  const after = conditions.reduce((before, condition) => told(before, condition, now), conditionsOf(namespace));
  return { phase: 'Terminating', conditions: after as unknown as JsonObject[] };
}

/** A condition that says the same stays as it is, its time included. */
function told(conditions: readonly Condition[], condition: Condition, now: number): readonly Condition[] {
  const before = conditionNamed(conditions, condition.type);
  const isSame = before?.status === condition.status && before.message === condition.message;
  return isSame ? conditions : replaced(conditions, condition, now);
}
