import type { Oracle, Sample } from '../sample.ts';

/** S6: a client token makes the tasks that were asked for once, however often it is sent. */
export class OneEffect implements Oracle {
  readonly invariant = 'S6';

  look({ committed, promises }: Sample): readonly string[] {
    const made = new Map<string, number>();
    for (const { clientToken = '' } of committed.tasks.values())
      made.set(clientToken, (made.get(clientToken) ?? 0) + 1);
    const contradictions = promises.broken.splice(0);
    const wrong = [...promises.runs].flatMap(([token, { count, ids }]) => {
      const found = made.get(token) ?? 0;
      const isWrong = ids ? found !== ids.length || found !== count : found > count;
      return isWrong ? [`${token} made ${found} tasks, ${count} were asked for`] : [];
    });
    return [...contradictions, ...wrong];
  }
}
