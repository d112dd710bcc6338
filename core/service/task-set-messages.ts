import type { ServiceState } from '../model/service.ts';
import type { ServiceOutlook } from './service-plan.ts';

/** What a step means for each task set, worded as ECS words it. */
export function taskSetMessages(
  service: string,
  before: Pick<ServiceState, 'taskSets'> | undefined,
  outlook: Pick<ServiceOutlook, 'taskSets'>,
): readonly string[] {
  return (outlook.taskSets ?? []).flatMap(({ id, desired, isStable }) => {
    const was = before?.taskSets?.find((state) => state.id === id);
    return [
      ...(desired === (was?.desired ?? 0)
        ? []
        : [`(service ${service}) updated computedDesiredCount for taskSet ${id} to ${desired}.`]),
      ...(isStable && !was?.isStable ? [`(service ${service}, taskSet ${id}) updated state to STEADY_STATE.`] : []),
    ];
  });
}
