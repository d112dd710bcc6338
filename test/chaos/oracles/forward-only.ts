import { isForward } from '#core/task/observed-status.ts';
import { type Oracle, type Sample, short } from '../sample.ts';

/** S7 and S14: no status, assignment, epoch or generation moves back, and nothing deleted comes to life again. */
export class ForwardOnly implements Oracle {
  readonly invariant = 'S7';

  look({ committed }: Sample, before: Sample | undefined): readonly string[] {
    if (!before) return [];
    const was = before.committed;
    const found: string[] = [];
    for (const [id, task] of committed.tasks) {
      const old = was.tasks.get(id);
      if (!old || old === task) continue;
      if (old.desiredStatus === 'STOPPED' && task.desiredStatus === 'RUNNING')
        found.push(`task ${short(id)} is wanted again`);
      if (old.epoch !== task.epoch) found.push(`task ${short(id)} changed its epoch`);
      if (old.assignment && old.assignment.instanceId !== task.assignment?.instanceId)
        found.push(`task ${short(id)} moved`);
    }
    for (const [id, { status }] of committed.observations) {
      const old = was.observations.get(id)?.status;
      if (old !== status && !isForward(old, status)) found.push(`task ${short(id)} went back from ${old} to ${status}`);
    }
    for (const [name, { generation, status, createdAt }] of committed.services) {
      const old = was.services.get(name);
      if (old && generation < old.generation) found.push(`service ${name} fell back to generation ${generation}`);
      if (old && old.status !== 'ACTIVE' && status === 'ACTIVE' && old.createdAt === createdAt)
        found.push(`service ${name} came back from ${old.status}`);
    }
    for (const [key, { slots }] of committed.slots) {
      const old = new Map(was.slots.get(key)?.slots.map(({ index, epoch }) => [index, epoch]));
      for (const { index, epoch } of slots) {
        if (epoch < (old.get(index) ?? 0)) found.push(`slot ${key}/${index} went back to epoch ${epoch}`);
      }
    }
    for (const [id, { agentEpoch }] of committed.reservations) {
      if (agentEpoch < (was.reservations.get(id)?.agentEpoch ?? 0))
        found.push(`instance ${short(id)} went back to epoch ${agentEpoch}`);
    }
    return found;
  }
}
