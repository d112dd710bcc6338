import { type Oracle, type Sample, short } from '../sample.ts';

/** S5: what was acknowledged is there at every later look. */
export class Acknowledged implements Oracle {
  readonly invariant = 'S5';

  look({ committed, promises }: Sample): readonly string[] {
    const found: string[] = [];
    for (const [name, generation] of promises.generations) {
      const now = committed.services.get(name)?.generation;
      if (now === undefined || now < generation)
        found.push(`service ${name}: generation ${generation} was acknowledged, ${now ?? 'nothing'} stands`);
    }
    for (const [token, { ids = [] }] of promises.runs) {
      const missing = ids.filter((id) => !committed.tasks.has(id));
      if (missing.length > 0)
        found.push(`${token}: tasks ${missing.map(short).join(', ')} were acknowledged and are not there`);
    }
    for (const taskId of promises.stops) {
      if (committed.tasks.get(taskId)?.desiredStatus === 'RUNNING')
        found.push(`the stop of ${short(taskId)} was acknowledged, yet it is wanted`);
    }
    return found;
  }
}
