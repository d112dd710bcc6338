import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseShellExports } from '#cli/stack-address.ts';
import { AWS_CLI_ENVIRONMENT, type AwsCli, awsCli, awsCliMissing } from '#test/support/e2e-aws-cli.ts';
import { kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);
/** The AWS command line takes seconds to start, and it is started many times. */
const LONG_MS = 300_000;
const ROLE = 'arn:aws:iam::000000000000:role/pods';
const kubectls = await kubectlsFound();

describe.runIf(runnable('aws eks against a stack', await awsCliMissing()))('aws eks', () => {
  let stack: RunningStack;
  let aws: AwsCli;

  beforeAll(async () => {
    stack = await startStack();
    aws = awsCli(stack, stack.dataDir, 'eks');
  });

  const profile = (name: string): readonly string[] => ['--cluster-name', 'default', '--fargate-profile-name', name];
  const names = async () =>
    (await aws.json<{ fargateProfileNames: string[] }>('list-fargate-profiles', '--cluster-name', 'default'))
      .fargateProfileNames;

  it('a Fargate profile, is made, waited for, described, tagged, listed and deleted', async () => {
    const selectors = ['--selectors', 'namespace=prod,labels={app=web}', 'namespace=test-*'];
    await aws.json('create-fargate-profile', ...profile('web'), '--pod-execution-role-arn', ROLE, ...selectors);
    expect((await aws.run('wait', 'fargate-profile-active', ...profile('web'))).code).toBe(0);
    const { fargateProfile } = await aws.json<{ fargateProfile: Readonly<Record<string, unknown>> }>(
      'describe-fargate-profile',
      ...profile('web'),
    );
    expect(fargateProfile).toMatchObject({
      status: 'ACTIVE',
      selectors: [{ namespace: 'prod', labels: { app: 'web' } }, { namespace: 'test-*' }],
    });
    const arn = ['--resource-arn', String(fargateProfile['fargateProfileArn'])];
    expect((await aws.run('tag-resource', ...arn, '--tags', 'team=a,old=x')).code).toBe(0);
    expect((await aws.run('untag-resource', ...arn, '--tag-keys', 'old')).code).toBe(0);
    expect(await aws.json('list-tags-for-resource', ...arn)).toEqual({ tags: { team: 'a' } });
    expect(await names()).toEqual(['fp-default', 'web']);
    const { fargateProfile: deleting } = await aws.json<{ fargateProfile: { status: string } }>(
      'delete-fargate-profile',
      ...profile('web'),
    );
    expect(deleting.status).toBe('DELETING');
    expect((await aws.run('wait', 'fargate-profile-deleted', ...profile('web'))).code).toBe(0);
    expect(await names()).toEqual(['fp-default']);
  });

  it('what is wrong, is refused by its class', async () => {
    const twice = await aws.run(
      'create-fargate-profile',
      ...profile('fp-default'),
      ...['--pod-execution-role-arn', ROLE, '--selectors', 'namespace=x'],
    );
    expect(twice.stderr).toContain('(ResourceInUseException)');
    expect((await aws.run('describe-cluster', '--name', 'nope')).stderr).toContain('(ResourceNotFoundException)');
    expect((await aws.run('list-nodegroups', '--cluster-name', 'default')).stderr).toContain(
      'Berth does not serve the operation ListNodegroups',
    );
  });

  it('a cluster, is made, waited for and deleted with what is in it', async () => {
    await aws.json(
      'create-cluster',
      ...['--name', 'blue', '--role-arn', ROLE, '--resources-vpc-config', 'subnetIds=subnet-1,subnet-2'],
    );
    expect((await aws.run('wait', 'cluster-active', '--name', 'blue')).code).toBe(0);
    expect(await aws.json('list-clusters')).toEqual({ clusters: ['blue', 'default'] });
    await aws.json('delete-cluster', '--name', 'blue');
    expect((await aws.run('wait', 'cluster-deleted', '--name', 'blue')).code).toBe(0);
    expect(await aws.json('list-clusters')).toEqual({ clusters: ['default'] });
  });

  describe.runIf(
    runnable('kubectl with tokens of aws eks', kubectls.length > 0 ? undefined : 'no kubectl on the PATH'),
  )('update-kubeconfig', () => {
    it.each(kubectls)(
      'with kubectl $version, opens the cluster by a token of get-token, and a pod lives and goes with its profile',
      async ({ program }) => {
        const kubeconfig = path.join(stack.dataDir, 'from-aws');
        const made = await aws.run('update-kubeconfig', '--name', 'default', '--kubeconfig', kubeconfig);
        expect([made.code, made.stderr]).toEqual([0, '']);
        expect(readFileSync(kubeconfig, 'utf8')).toContain('get-token');
        const keys = parseShellExports(readFileSync(path.join(stack.dataDir, 'env'), 'utf8'));
        const cli = kubectl(program, stack, { kubeconfig, env: { ...AWS_CLI_ENVIRONMENT, ...keys } });
        await cli.said(['create', 'configmap', 'by-token', '--from-literal', 'a=b']);
        expect((await cli.json('get', 'configmap', 'by-token')).data).toEqual({ a: 'b' });
        await cli.said(['delete', 'configmap', 'by-token']);

        const first = profile('a-first');
        await aws.json(
          'create-fargate-profile',
          ...first,
          ...['--pod-execution-role-arn', ROLE, '--selectors', 'namespace=default'],
        );
        expect((await aws.run('wait', 'fargate-profile-active', ...first)).code).toBe(0);
        await cli.said(['run', 'web', '--image', 'nginx', '--restart', 'Never']);
        await cli.said(['wait', '--for', 'condition=Ready', 'pod/web', '--timeout', '50s']);
        const { stdout } = await exec(process.execPath, [BIN, 'explain', 'pod', 'web', '--data-dir', stack.dataDir]);
        expect(stdout).toMatch(
          /^pod default\/web is Running\nprofile a-first took it, as 0\.25vCPU 0\.5GB\ntask [0-9a-f]{32} runs on instance /,
        );
        await aws.json('delete-fargate-profile', ...first);
        expect((await aws.run('wait', 'fargate-profile-deleted', ...first)).code).toBe(0);
        expect((await cli.run(['get', 'pod', 'web'])).stderr).toContain('NotFound');

        const stranger = kubectl(program, stack, {
          kubeconfig,
          env: { ...AWS_CLI_ENVIRONMENT, ...keys, AWS_SECRET_ACCESS_KEY: 'not-the-secret' },
        });
        const refused = await stranger.run(['get', 'namespaces']);
        expect(refused.code).not.toBe(0);
        expect(refused.stderr).toMatch(/Unauthorized|must be logged in/);
      },
      LONG_MS,
    );
  });
});
