import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const deployment = (name: string, more = '', container = 'image: nginx'): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 0
  ${more}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - name: main
        ${container}
`;

const found = await kubectlsFound();
const missing = found.length > 0 ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;
/** From this version on the server checks the fields, before it the client did. */
const SERVER_CHECKS_SINCE = 25;
const POLICY_V1_SINCE = 21;
const minorOf = (version: string): number => Number(/^v1\.(\d+)/.exec(version)?.[1]);

describe.runIf(runnable('kubectl and the schemas of a stack', missing))('kubectl and schemas', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
  });

  describe.each(found)('$version', ({ program, version }) => {
    const space = `schema-${found.findIndex((one) => one.program === program)}`;
    let cli: Kubectl;
    let said: Kubectl['said'];
    /** In this version's own namespace. */
    const here = (...args: readonly string[]): readonly string[] => [...args, '--namespace', space];

    beforeAll(async () => {
      ({ said } = cli = kubectl(program, stack));
      await said(['create', 'namespace', space]);
    });

    it('explain, shows the fields of a kind, of a part of it and of everything below', async () => {
      expect(await said(['explain', 'deployment'])).toMatch(/KIND: +Deployment\nVERSION: +(apps\/)?v1/);
      expect(await said(['explain', 'pod.spec.containers'])).toMatch(/ports\s+<\[\](Object|ContainerPort)>/);
      const everything = await said(['explain', 'pod.spec.containers', '--recursive']);
      for (const name of ['imagePullPolicy', 'terminationMessagePath', 'secretKeyRef', 'initialDelaySeconds']) {
        expect(everything).toContain(name);
      }
      expect(await said(['explain', 'poddisruptionbudget.spec.minAvailable'])).toMatch(/<(IntOrString|string)>/);
    });

    it('explain of a field that is none, says so', async () => {
      const { code, stderr } = await cli.run(['explain', 'pod.spec.nothing']);
      expect(code).toBe(1);
      expect(stderr).toContain('field "nothing" does not exist');
    });

    it('create and apply, make what has the right fields', async () => {
      expect(await said(here('create', '-f', '-'), deployment('made'))).toBe('deployment.apps/made created\n');
      expect(await said(here('apply', '-f', '-'), deployment('made', 'paused: true'))).toContain('configured');
      expect((await cli.json(...here('get', 'deployment', 'made'))).spec.paused).toBe(true);
    });

    it('create and apply of a field that is none, are refused and name it', async () => {
      for (const verb of ['create', 'apply']) {
        const { code, stderr } = await cli.run(here(verb, '-f', '-'), deployment('wrong', 'replica: 1'));
        expect(code).toBe(1);
        expect(stderr).toMatch(
          minorOf(version) < SERVER_CHECKS_SINCE
            ? /unknown field "replica" in io.k8s.api.apps.v1.DeploymentSpec/
            : /strict decoding error: unknown field "spec.replica"/,
        );
      }
      expect((await cli.run(here('get', 'deployment', 'wrong'))).stderr).toContain('(NotFound)');
    });

    it('create of a value of a wrong type, is refused and names it', async () => {
      const sent = deployment('typed', '', 'image: {name: nginx}');
      const { code, stderr } = await cli.run(here('create', '--validate=false', '-f', '-'), sent);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'json: cannot unmarshal object into Go struct field Container.spec.template.spec.containers.image of type string',
      );
    });

    it('create without validation, goes without the field', async () => {
      await said(here('create', '--validate=false', '-f', '-'), deployment('loose', 'replica: 1'));
      expect((await cli.json(...here('get', 'deployment', 'loose'))).spec).not.toHaveProperty('replica');
    });

    it('create by flags, makes a deployment, a job, a service, a disruption budget and more', async () => {
      await said(here('create', 'deployment', 'flags', '--image=nginx:1', '--replicas=0', '--port=80'));
      const { spec } = await cli.json(...here('get', 'deployment', 'flags'));
      expect(spec).toMatchObject({ replicas: 0, selector: { matchLabels: { app: 'flags' } } });
      expect(spec.template.spec.containers).toMatchObject([
        { name: 'nginx', image: 'nginx:1', ports: [{ containerPort: 80 }] },
      ]);
      await said([...here('create', 'job', 'flags', '--image=busybox'), '--', 'echo', 'a b']);
      const job = await cli.json(...here('get', 'job', 'flags'));
      expect(job.spec.template.spec).toMatchObject({
        restartPolicy: 'Never',
        containers: [{ name: 'flags', image: 'busybox', command: ['echo', 'a b'] }],
      });
      await said(here('create', 'service', 'clusterip', 'flags', '--tcp=80:8080'));
      const service = await cli.json(...here('get', 'service', 'flags'));
      expect(service.spec.ports).toMatchObject([{ name: '80-8080', port: 80, targetPort: 8080, protocol: 'TCP' }]);
      // Older ones ask for policy/v1beta1, which nobody serves any more.
      if (minorOf(version) < POLICY_V1_SINCE) return;
      await said(here('create', 'poddisruptionbudget', 'flags', '--selector=app=web', '--min-available=50%'));
      const budget = await cli.json(...here('get', 'poddisruptionbudget', 'flags'));
      expect(budget.spec).toMatchObject({ minAvailable: '50%', selector: { matchLabels: { app: 'web' } } });
    });
  });
});
