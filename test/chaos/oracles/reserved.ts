import { type Oracle, type Sample, short } from '../sample.ts';

/** S9: an instance holds no more than it has, nothing twice, and only what was given to it. */
export class Reserved implements Oracle {
  readonly invariant = 'S9';

  look({ committed }: Sample): readonly string[] {
    return [...committed.reservations.values()].flatMap(({ instanceId, total, tasks }) => {
      const name = `instance ${short(instanceId)}`;
      const cpu = tasks.reduce((sum, task) => sum + task.cpu, 0);
      const memory = tasks.reduce((sum, task) => sum + task.memory, 0);
      const strangers = tasks.filter(
        ({ taskId }) => committed.tasks.get(taskId)?.assignment?.instanceId !== instanceId,
      );
      return [
        ...(cpu > total.cpu || memory > total.memory ? [`${name} is overbooked: ${cpu}/${memory}`] : []),
        ...(new Set(tasks.map(({ taskId }) => taskId)).size < tasks.length ? [`${name} holds a task twice`] : []),
        ...strangers.map(({ taskId }) => `${name} holds ${short(taskId)}, which was not given to it`),
      ];
    });
  }
}
