import {
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const found = await kubectlsFound();
const missing = found.length > 0 ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;

const FROM_MAPS = `
apiVersion: v1
kind: Pod
metadata: {name: from-maps}
spec:
  containers:
  - name: web
    image: nginx:1.27
    envFrom: [{configMapRef: {name: to-come}}]
`;

const PRIVILEGED = `
apiVersion: v1
kind: Pod
metadata: {name: privileged}
spec:
  containers:
  - {name: web, image: nginx, securityContext: {privileged: true}}
`;

const BUDGET = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: kept}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: kept}}
`;

describe.runIf(runnable('pods by kubectl', missing))('pods', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
  });

  describe.each(found)('$version', ({ program, version }) => {
    const space = `pods-${found.findIndex((one) => one.program === program)}`;
    let cli: Kubectl;
    let said: Kubectl['said'];
    const here = (...args: readonly string[]): readonly string[] => [...args, '--namespace', space];
    const ready = (name: string) => said(here('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=50s'));

    beforeAll(async () => {
      ({ said } = cli = kubectl(program, stack));
      await said(['create', 'namespace', space]);
    });

    it('run, get -o wide, describe, events and delete, show a pod from its first to its last moment', async () => {
      expect(await said(here('run', 'web', '--image=nginx:1.27'))).toBe('pod/web created\n');
      expect(await ready('web')).toBe('pod/web condition met\n');
      const pod = await cli.json(...here('get', 'pod', 'web'));
      expect(pod.status.phase).toBe('Running');
      expect(await said(here('get', 'pod', 'web', '-o', 'name'))).toBe('pod/web\n');
      const described = await said(here('describe', 'pod', 'web'));
      expect(described).toContain(`Node:                 ${pod.spec.nodeName}`);
      expect(described).toContain('CapacityProvisioned: 0.25vCPU 0.5GB');
      expect(described).toMatch(/Normal +Scheduled .* Successfully assigned/);
      // The command for events is younger than Debian's kubectl.
      const events = version.startsWith('v1.20') ? here('get', 'events') : here('events', '--for', 'pod/web');
      expect(await said(events)).toContain('Started container web');
      expect(await said(['get', 'nodes', '-o', 'name'])).toContain(`node/${pod.spec.nodeName}\n`);
      expect(await said(here('delete', 'pod', 'web', '--timeout=50s'))).toMatch(/^pod "web" deleted/);
      expect((await cli.run(here('get', 'pod', 'web'))).stderr).toContain('pods "web" not found');
      expect(await said(['get', 'nodes', '-o', 'name'])).not.toContain(pod.spec.nodeName);
    });

    it('a pod, is a task of its cluster, and a task that is stopped is a pod that failed', async () => {
      await said(here('run', 'two-faces', '--image=nginx:1.27'));
      await ready('two-faces');
      const { taskArns = [] } = await stack.ecs.send(new ListTasksCommand({ launchType: 'FARGATE' }));
      const { tasks = [] } = await stack.ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
      const task = tasks.find(({ group }) => group === `pod:${space}/two-faces`);
      expect(task).toMatchObject({
        lastStatus: 'RUNNING',
        cpu: '256',
        memory: '512',
        containers: [{ name: 'two-faces', lastStatus: 'RUNNING' }],
      });
      await stack.ecs.send(new StopTaskCommand({ task: task?.taskArn, reason: 'by hand' }));
      await cli.has('{.status.phase}', 'Failed', here('pod/two-faces'));
      const { status } = await cli.json(...here('get', 'pod', 'two-faces'));
      expect(status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message: 'by hand' });
      await said(here('delete', 'pod', 'two-faces'));
    });

    it('a pod that Fargate does not take, stays Pending and says why', async () => {
      await said(here('apply', '-f', '-'), PRIVILEGED);
      await said(here('wait', '--for=condition=PodScheduled=false', 'pod/privileged', '--timeout=50s'));
      const described = await said(here('describe', 'pod', 'privileged'));
      expect(described).toContain('Pod not supported on Fargate: invalid SecurityContext fields: Privileged');
      expect(described).toMatch(/Status: +Pending/);
      await said(here('delete', 'pod', 'privileged'));
    });

    it('a pod whose ConfigMap is missing, names it and starts once it is there', async () => {
      await said(here('apply', '-f', '-'), FROM_MAPS);
      const why = '{.status.containerStatuses[0].state.waiting.reason}';
      await cli.has(why, 'CreateContainerConfigError', here('pod/from-maps'));
      expect(await said(here('describe', 'pod', 'from-maps'))).toContain('configmap "to-come" not found');
      await said(here('create', 'configmap', 'to-come', '--from-literal=A=1'));
      await ready('from-maps');
      await said(here('delete', 'pod', 'from-maps'));
    });

    it('cordon and drain, empty one node after the other, and stop where a budget forbids it', async () => {
      await said(here('apply', '-f', '-'), BUDGET);
      for (const name of ['kept-1', 'kept-2']) {
        await said(here('run', name, '--image=nginx:1.27', '--labels=app=kept'));
        await ready(name);
      }
      const nodeOf = async (name: string) => (await cli.json(...here('get', 'pod', name))).spec.nodeName;
      const [first, second] = [await nodeOf('kept-1'), await nodeOf('kept-2')];
      await said(['cordon', first]);
      expect(await said(['get', 'node', first])).toContain('SchedulingDisabled');
      await cli.has('{.status.disruptionsAllowed}', '1', here('pdb/kept'));
      const drained = await said(['drain', first, '--force', '--ignore-daemonsets', '--timeout=50s']);
      expect(drained).toContain('pod/kept-1 evicted');
      const held = await cli.run(['drain', second, '--force', '--ignore-daemonsets', '--timeout=4s']);
      expect(held.code).toBe(1);
      expect(held.stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
      expect(await nodeOf('kept-2')).toBe(second);
      await said(here('delete', 'pdb,pods', '--all', '--timeout=50s'));
    });

    it('a task of ECS, is a pod to look at, and is stopped by the ECS API alone', async () => {
      await stack.ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'seen-as-pod',
          containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 64 }],
        }),
      );
      const { tasks = [] } = await stack.ecs.send(new RunTaskCommand({ taskDefinition: 'seen-as-pod' }));
      const taskArn = tasks[0]?.taskArn ?? '';
      const pod = ['--namespace', 'ecs-default', `pod/${taskArn.split('/').at(-1)}`];
      await expect.poll(async () => (await cli.run(['get', ...pod])).code, { timeout: 20_000 }).toBe(0);
      await said(['wait', '--for=condition=Ready', '--timeout=50s', ...pod]);
      const refused = await cli.run(['delete', ...pod]);
      expect(refused.stderr).toContain('Error from server (Forbidden)');
      expect(refused.stderr).toContain('aws ecs stop-task');
      await stack.ecs.send(new StopTaskCommand({ task: taskArn, reason: 'seen enough' }));
      await cli.has('{.status.message}', 'seen enough', pod);
    });

    it('delete --force --grace-period=0, and delete --all, leave nothing', async () => {
      await said(here('run', 'one', '--image=nginx'));
      await said(here('run', 'two', '--image=nginx'));
      await ready('one');
      await said(here('delete', 'pod', 'one', '--force', '--grace-period=0'));
      await said(here('delete', 'pods', '--all', '--timeout=50s'));
      expect(await said(here('get', 'pods', '-o', 'name'))).toBe('');
    });
  });
});
