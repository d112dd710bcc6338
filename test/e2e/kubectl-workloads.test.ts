import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const found = await kubectlsFound();
const missing = found.length > 0 ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;

const FAILING = `
apiVersion: batch/v1
kind: Job
metadata: {name: failing}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: ['false']}]
`;

const INDEXED = `
apiVersion: batch/v1
kind: Job
metadata: {name: indexed}
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  ttlSecondsAfterFinished: 5
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: ['sh', '-c', 'test "$JOB_COMPLETION_INDEX" -lt 3']
`;

interface LivePod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

describe.runIf(runnable('workloads by kubectl', missing))('workloads', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack({ args: ['--runtime', 'process', '--time-scale', '0.2'] });
  });

  describe.each(found)('$version', ({ program }) => {
    const space = `work-${found.findIndex((one) => one.program === program)}`;
    let cli: Kubectl;
    let said: Kubectl['said'];
    const here = (...args: readonly string[]): readonly string[] => ['--namespace', space, ...args];
    const rollout = (verb: string, ...args: readonly string[]) =>
      said(here('rollout', verb, 'deployment/web', ...args));
    const complete = () => rollout('status', '--timeout=50s');
    /** Pods that are not going: a rollout is over before the last of the old ones has ended. */
    const live = async (): Promise<readonly LivePod[]> =>
      (await cli.json(...here('get', 'pods', '-l', 'app=web'))).items.filter(
        ({ metadata }: LivePod) => metadata.deletionTimestamp === undefined,
      );
    const images = async () => (await live()).map(({ spec }) => spec.containers[0]?.image);

    beforeAll(async () => {
      ({ said } = cli = kubectl(program, stack));
      await said(['create', 'namespace', space]);
    });

    it('a deployment, is made by flags, scaled, rolled, restarted, undone, paused and deleted with all it owns', async () => {
      await said(here('create', 'deployment', 'web', '--image=app:1', '--replicas=2', '--', 'sleep', '1000'));
      expect(await complete()).toContain('deployment "web" successfully rolled out');
      expect(await said(here('get', 'deployment', 'web'))).toMatch(/web +2\/2 +2 +2 +\d+s/);

      expect(await said(here('scale', 'deployment/web', '--replicas=3', '--current-replicas=2'))).toContain('scaled');
      await complete();
      expect(await images()).toHaveLength(3);
      const wrong = await cli.run(here('scale', 'deployment/web', '--replicas=9', '--current-replicas=2'));
      expect(wrong.stderr).toMatch(/Expected replicas to be 2, was 3/);

      expect(await said(here('set', 'image', 'deployment/web', '*=app:2'))).toContain('image updated');
      await complete();
      expect(await images()).toEqual(['app:2', 'app:2', 'app:2']);
      expect(await rollout('history')).toMatch(/REVISION +CHANGE-CAUSE\n1 .*\n2 /);
      expect(await rollout('history', '--revision=1')).toContain('app:1');

      await rollout('undo');
      await complete();
      expect(await images()).toEqual(['app:1', 'app:1', 'app:1']);
      expect(await rollout('history')).toMatch(/\n2 .*\n3 /);

      const names = async () => (await live()).map(({ metadata }) => metadata.name);
      const before = await names();
      await rollout('restart');
      await complete();
      // Done means that the new pods are available; the last of the old ones may still be ending.
      const old = async () => (await names()).filter((name) => before.includes(name));
      await expect.poll(old, { timeout: 50_000 }).toEqual([]);

      await rollout('pause');
      await said(here('set', 'image', 'deployment/web', '*=app:3'));
      const why = '{.status.conditions[?(@.type=="Progressing")].reason}';
      await cli.has(why, 'DeploymentPaused', here('deployment/web'));
      expect(await images()).not.toContain('app:3');
      await rollout('resume');
      await complete();
      expect(await images()).toEqual(['app:3', 'app:3', 'app:3']);

      expect(await said(here('describe', 'deployment', 'web'))).toMatch(
        /Normal +ScalingReplicaSet .* Scaled up replica set web-/,
      );
      expect(await said(here('wait', '--for=condition=Available', 'deployment/web'))).toContain('condition met');
      await said(here('delete', 'deployment', 'web'));
      await said(here('wait', '--for=delete', 'pod', '-l', 'app=web', '--timeout=50s'));
      expect((await cli.json(...here('get', 'replicasets,pods'))).items).toEqual([]);
    });

    it('a deployment that is deleted with --cascade=orphan, leaves its pods to the next one', async () => {
      const create = () => said(here('create', 'deployment', 'kept', '--image=app:1', '--', 'sleep', '1000'));
      await create();
      await said(here('rollout', 'status', 'deployment/kept', '--timeout=50s'));
      const pods = await said(here('get', 'pods', '-l', 'app=kept', '-o', 'name'));
      await said(here('delete', 'deployment', 'kept', '--cascade=orphan'));
      expect(await said(here('get', 'pods', '-l', 'app=kept', '-o', 'name'))).toBe(pods);
      await create();
      await said(here('rollout', 'status', 'deployment/kept', '--timeout=50s'));
      expect(await said(here('get', 'pods', '-l', 'app=kept', '-o', 'name'))).toBe(pods);
      await said(here('delete', 'deployment', 'kept', '--cascade=foreground', '--timeout=50s'));
      expect((await cli.json(...here('get', 'replicasets,pods', '-l', 'app=kept'))).items).toEqual([]);
    });

    it('a job, is made by flags and completes; one that fails says why; one with a time to live goes', async () => {
      await said(here('create', 'job', 'sum', '--image=busybox', '--', 'true'));
      expect(await said(here('wait', '--for=condition=Complete', 'job/sum', '--timeout=50s'))).toContain(
        'condition met',
      );
      expect((await cli.json(...here('get', 'job', 'sum'))).status).toMatchObject({ succeeded: 1 });
      await said(here('apply', '-f', '-'), FAILING);
      await said(here('wait', '--for=condition=Failed', 'job/failing', '--timeout=50s'));
      expect(await said(here('describe', 'job', 'failing'))).toContain('BackoffLimitExceeded');
      await said(here('apply', '-f', '-'), INDEXED);
      await said(here('wait', '--for=condition=Complete', 'job/indexed', '--timeout=50s'));
      expect((await cli.json(...here('get', 'job', 'indexed'))).status.completedIndexes).toBe('0-2');
      await said(here('wait', '--for=delete', 'job/indexed', '--timeout=50s'));
      await said(here('delete', 'job', 'sum', 'failing', '--timeout=50s'));
      const left = () => said(here('get', 'pods', '-l', 'job-name', '-o', 'name'));
      await expect.poll(left, { timeout: 50_000 }).toBe('');
    });

    it('a namespace that is deleted, waits for the pods in it and then is gone', async () => {
      const name = `${space}-full`;
      await said(['create', 'namespace', name]);
      const within = ['--namespace', name];
      await said(['create', 'deployment', 'web', '--image=app:1', ...within, '--', 'sleep', '1000']);
      await said(['rollout', 'status', 'deployment/web', '--timeout=50s', ...within]);
      await said(['delete', 'namespace', name, '--timeout=55s']);
      expect(
        (await cli.json('get', 'pods,replicasets,deployments', '--all-namespaces')).items.filter(
          ({ metadata }: { metadata: { namespace: string } }) => metadata.namespace === name,
        ),
      ).toEqual([]);
    });
  });
});
