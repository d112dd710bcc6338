import { isWanted, type Oracle, type Sample } from '../sample.ts';

/** Counts asked for within this long may have been in force between two looks. */
const RECENT_MS = 5_000;

/** S3: a service never wants more tasks than its maximum when one is added. */
export class Maximum implements Oracle {
  readonly invariant = 'S3';

  look({ at, committed, promises }: Sample, before: Sample | undefined): readonly string[] {
    if (!before) return [];
    const added = new Set<string>();
    for (const { taskId, slot } of committed.tasks.values()) {
      if (slot && !before.committed.tasks.has(taskId)) added.add(slot.service);
    }
    return [...added].flatMap((name) => {
      const service = committed.services.get(name);
      if (!service) return [];
      const desired = Math.max(
        service.desiredCount,
        before.committed.services.get(name)?.desiredCount ?? 0,
        promises.highestCount(name, at - RECENT_MS),
      );
      const maximum = Math.floor((service.maximumPercent / 100) * desired);
      const own = [...committed.tasks.values()].filter((task) => task.slot?.service === name);
      const wanted = own.filter(({ taskId }) => isWanted(committed, taskId)).length;
      return wanted > maximum ? [`service ${name} wants ${wanted} tasks, at most ${maximum} are allowed`] : [];
    });
  }
}
