import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';

interface Verdict {
  /**
   * refused: by Fargate, so that its pods stay Pending. invalid: by every API server of Kubernetes. unknown: it is of a kind that is
   * not served.
   */
  readonly verdict: 'runs' | 'refused' | 'invalid' | 'unknown';
  readonly why?: string;
}

const FOLDER = new URL('../support/manifests/', import.meta.url);
const VERDICTS: Readonly<Record<string, Verdict>> = JSON.parse(readFileSync(new URL('verdicts.json', FOLDER), 'utf8'));
const FILES = readdirSync(FOLDER)
  .filter((file) => /\.(yaml|json)$/.test(file) && file !== 'verdicts.json')
  .map((file) => ({ file, name: file.replace(/\.\w+$/, '') }));

const [found] = await kubectlsFound();
const missing = found ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;

interface Pod {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly { readonly state: { readonly waiting?: { readonly reason: string } } }[];
  };
}

const scheduling = ({ status }: Pod) => status.conditions?.find(({ type }) => type === 'PodScheduled');

/** It runs, or waits for a ConfigMap or Secret that another manifest would bring. */
const isTaken = ({ metadata, status }: Pod): boolean =>
  metadata.annotations?.['CapacityProvisioned'] !== undefined &&
  (status.phase === 'Running' ||
    (status.containerStatuses ?? []).some(({ state }) => state.waiting?.reason === 'CreateContainerConfigError'));

describe.runIf(runnable('the corpus of manifests', missing))('manifests written by others', () => {
  let cli: Kubectl;
  let said: Kubectl['said'];

  beforeAll(async () => {
    const stack = await startStack({
      args: ['--runtime', 'simulated', '--time-scale', '0.2', '--agent-size', '16384,32768'],
    });
    ({ said } = cli = kubectl(found?.program ?? '', stack));
  });

  it('each has a verdict, and each verdict a manifest', () => {
    expect(FILES.map(({ name }) => name).toSorted()).toEqual(Object.keys(VERDICTS).toSorted());
  });

  it.each(FILES)('$name, comes out as EKS Fargate would have it', async ({ file, name }) => {
    const path = fileURLToPath(new URL(file, FOLDER));
    const own = /^ {2}namespace: (\S+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    const space = own ?? `corpus-${FILES.findIndex((one) => one.file === file)}`;
    if ((await cli.run(['get', 'namespace', space])).code !== 0) await said(['create', 'namespace', space]);
    const applied = await cli.run(['apply', '--validate=false', '--namespace', space, '-f', path]);
    const { verdict, why = '' } = VERDICTS[name] ?? { verdict: 'unknown' };
    if (verdict === 'unknown' || verdict === 'invalid') {
      expect(applied.code).toBe(1);
      expect(applied.stderr).toContain(verdict === 'unknown' ? `no matches for kind "${why}"` : why);
      return;
    }
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    const pods = async (): Promise<readonly Pod[]> => (await cli.json('get', 'pods', '--namespace', space)).items;
    if (verdict === 'runs') {
      const untaken = async () => {
        const all = await pods();
        return all.length === 0 ? ['no pod yet'] : all.filter((pod) => !isTaken(pod));
      };
      await expect.poll(untaken, { timeout: 50_000, interval: 500 }).toEqual([]);
    } else {
      const messages = async () => [...new Set((await pods()).map((pod) => scheduling(pod)?.message))].join('|');
      await expect.poll(messages, { timeout: 50_000, interval: 500 }).toContain('Pod not supported on Fargate: ');
      expect(await messages()).toContain(why);
      expect(new Set((await pods()).map(({ status }) => status.phase))).toEqual(new Set(['Pending']));
    }
    await said(['delete', 'deployments,pods', '--all', '--namespace', space, '--wait=false']);
  });
});
