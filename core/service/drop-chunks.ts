import type { Service, SlotChunk } from '../model/service.ts';
import type { ServiceAction } from './service-plan.ts';

/** Chunks that are forgotten: their deployment is over and their slots are all free. Its id never returns. */
export const dropChunks = (
  chunks: readonly SlotChunk[],
  isOver: (deployment: string) => boolean,
): readonly ServiceAction[] =>
  chunks
    .filter(({ deployment, slots }) => isOver(deployment) && slots.every(({ phase }) => phase === 'empty'))
    .map(({ deployment, chunk }) => ({ kind: 'drop-chunk', deployment, chunk }));

/** Everything of a service that has ended is over; before that, what is retired and not current. */
export const isRetired =
  (service: Pick<Service, 'deployment' | 'status'>, retired: ReadonlySet<string>) =>
  (deployment: string): boolean =>
    service.status === 'INACTIVE' || (deployment !== service.deployment.id && retired.has(deployment));
