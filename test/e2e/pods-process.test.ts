import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProbe } from '#test/support/agent-pods.ts';
import { RealPods, shell } from '#test/support/real-pods.ts';

const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.1; done';

describe('a pod of plain processes', () => {
  const work = mkdtempSync(join(tmpdir(), 'berth-pod-work-'));
  let pods: RealPods;

  beforeAll(async () => {
    pods = new RealPods('process');
    await pods.start();
  });

  afterAll(async () => {
    await pods.end();
    rmSync(work, { recursive: true, force: true });
  });

  it('init containers, a main that ends and its hooks, happen in order', async () => {
    const log = join(work, 'order');
    const says = (word: string) => `echo ${word} >> ${log}`;
    const id = pods.run([
      shell('one', says('one'), { role: 'init' }),
      shell('two', says('two'), { role: 'init' }),
      shell('app', `${says('app')}; sleep 1; ${says('done')}`, {
        restartPolicy: 'Never',
        postStart: { kind: 'exec', command: ['sh', '-c', `sleep 0.3; ${says('hook')}`] },
      }),
    ]);
    const report = await pods.reported(id, 'STOPPED');
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(['one', 'two', 'app', 'hook', 'done']);
    expect(report.containers.map(({ pod }) => pod?.terminated?.reason)).toEqual([
      'Completed',
      'Completed',
      'Completed',
    ]);
  });

  it('a crash, starts the process again; a liveness probe that fails, too', async () => {
    const mark = join(work, 'sick');
    const livenessProbe = aProbe(
      { kind: 'exec', command: ['sh', '-c', `test ! -e ${mark}`] },
      { periodSeconds: 1, failureThreshold: 1 },
    );
    const id = pods.run([shell('app', `rm -f ${mark}; sleep 2; touch ${mark}; ${FOREVER}`, { livenessProbe })]);
    await pods.told(id, 'app', 'a restart', ({ restartCount }) => restartCount === 1);
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
    const crashing = pods.run([shell('app', 'exit 2')]);
    const seen = await pods.told(
      crashing,
      'app',
      'a back-off',
      ({ waiting }) => waiting?.reason === 'CrashLoopBackOff',
    );
    expect(seen.last).toMatchObject({ exitCode: 2 });
    pods.askToStop(crashing);
    await pods.reported(crashing, 'STOPPED');
  });

  it.each([
    ['a volume', { mounts: [{ volume: 'work', path: '/work', readOnly: false }] }, 'mount volumes'],
    ['another user', { security: { runAsUser: 1_000 } }, 'run as another user'],
  ])('one that wants %s, waits and says that a process can not have it', async (_what, pod, why) => {
    const id = pods.run([shell('app', FOREVER, pod)], { volumes: [{ name: 'work', inMemory: false, files: [] }] });
    const refused = await pods.told(id, 'app', 'the refusal', ({ waiting }) => waiting?.message !== undefined);
    expect(refused.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: `the process runtime can not ${why}`,
    });
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });
});
