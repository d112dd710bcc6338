import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const found = await kubectlsFound();
const missing = found.length > 0 ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
`;
const BUDGET = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
`;

describe.runIf(runnable('kubectl against a stack', missing))('kubectl and the kinds without containers', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
  });

  describe.each(found)('$version', ({ program, version }) => {
    const space = `kinds-${found.findIndex((one) => one.program === program)}`;
    let cli: Kubectl;
    let said: Kubectl['said'];
    const here = (...args: readonly string[]): readonly string[] => [...args, '--namespace', space];

    beforeAll(async () => {
      ({ said } = cli = kubectl(program, stack));
      await said(['create', 'namespace', space]);
    });

    it('auth can-i, says yes to what is served and no to what is not', async () => {
      expect(await said(here('auth', 'can-i', 'create', 'pods'))).toBe('yes\n');
      const refused = await cli.run(here('auth', 'can-i', 'create', 'priorityclasses.scheduling.k8s.io'));
      expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/^no\b/) });
      expect(await said(here('auth', 'can-i', '--list'))).toMatch(/deployments\.apps +\[\] +\[\] +\[create /);
    });

    it('auth whoami, names the user of the kubeconfig', async () => {
      const { code, stdout, stderr } = await cli.run(['auth', 'whoami']);
      // Clients before 1.27 have no such command, and those before 1.28 ask for older versions only.
      if (code !== 0) expect(stderr).toMatch(/unknown command|not enabled in the cluster|selfsubjectreviews/i);
      else expect(stdout).toMatch(/Username +\S+/);
    });

    it('a service, is made, shown and described with its endpoints', async () => {
      await said(here('apply', '-f', '-'), SERVICE);
      expect(await said(here('get', 'service', 'web', '-o', 'wide'))).toMatch(
        /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE +SELECTOR\nweb +ClusterIP +10\.\S+ +<none> +80\/TCP +\d+s +app=web\n$/,
      );
      expect(await said(here('describe', 'service', 'web'))).toMatch(/Endpoints: *(<none>)?\n/);
      const slices = await cli.until(
        here('get', 'endpointslices', '-w', '-l', 'kubernetes.io/service-name=web'),
        (text) => text.includes('web-'),
      );
      expect(slices).toMatch(/^NAME +ADDRESSTYPE +PORTS +ENDPOINTS +AGE\nweb-\S+ +IPv4 +<unset> +<unset> +/);
    });

    it('an address that changes, is refused as Kubernetes refuses it', async () => {
      await said(here('apply', '-f', '-'), SERVICE.replace('name: web', 'name: fixed'));
      const patch = '{"spec":{"clusterIP":"10.96.200.200","clusterIPs":["10.96.200.200"]}}';
      const refused = await cli.run(here('patch', 'service', 'fixed', '-p', patch));
      expect(refused.stderr).toContain('field is immutable');
    });

    it('a disruption budget, is shown with what it allows', async () => {
      await said(here('apply', '-f', '-'), BUDGET);
      expect(await said(here('get', 'pdb', 'web'))).toMatch(
        /^NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE\nweb +N\/A +1 +0 +/,
      );
      const described = await cli.run(here('describe', 'pdb', 'web'));
      // Debian's kubectl describes budgets by policy/v1beta1 alone, which Kubernetes no longer serves either.
      if (version.startsWith('v1.20')) expect(described.stderr).toContain('NotFound');
      else expect(described.stdout).toContain('Max unavailable:  1');
    });

    it('events, are answered by all three commands that ask for them', async () => {
      const empty = await cli.run(here('get', 'events'));
      expect(empty).toMatchObject({ code: 0, stdout: '' });
      expect((await cli.run(here('get', 'events.events.k8s.io'))).code).toBe(0);
      const { code, stderr } = await cli.run(here('events'));
      // Clients before 1.26 have no such command.
      if (code !== 0) expect(stderr).toMatch(/unknown command/i);
    });

    it('cluster-info, api-resources, get all and the descriptions of a namespace, work', async () => {
      expect(await said(['cluster-info'])).toContain('is running at');
      const resources = await said(['api-resources', '--verbs=list', '-o', 'name']);
      expect(resources.split('\n')).toEqual(expect.arrayContaining(['events', 'events.events.k8s.io', 'services']));
      expect(resources).not.toContain('selfsubjectaccessreviews');
      expect(await said(here('get', 'all'))).toContain('service/web');
      expect(await said(['describe', 'namespace', space])).toContain('Status:       Active');
      expect(await said(['get', '--raw', '/readyz'])).toBe('ok');
      expect(await said(['get', '--raw', '/livez'])).toBe('ok');
    });

    it('priority classes and the default account, are there', async () => {
      expect(await said(['get', 'priorityclasses'])).toMatch(/system-node-critical +2000001000 +false /);
      const account = await cli.until(here('get', 'serviceaccount', '-w'), (text) => text.includes('default'));
      expect(account).toMatch(/^NAME +(SECRETS +)?AGE\n/);
    });
  });
});
