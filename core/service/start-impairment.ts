import type { AnyService } from '../model/task-set.ts';
import type { ServiceSnapshot } from './service-snapshot.ts';
import { slotsOf } from './slots.ts';
import { deploymentSpecs } from './task-sets.ts';

/** After so many failures in a row the scheduler's back-off is worth saying. */
const FAILURES_IN_A_ROW = 3;

/** True while a slot of the newest deployment waits because its tasks failed again and again. */
export const isStartImpaired = ({
  service,
  chunks,
}: Pick<ServiceSnapshot<AnyService>, 'service' | 'chunks'>): boolean =>
  service.status === 'ACTIVE' &&
  slotsOf(chunks).some(
    ({ deployment, phase, failures }) =>
      deploymentSpecs(service).some(({ id }) => id === deployment) &&
      phase === 'empty' &&
      failures >= FAILURES_IN_A_ROW,
  );
