import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  CreateFargateProfileCommand,
  DeleteFargateProfileCommand,
  EKSClient,
  waitUntilFargateProfileActive,
  waitUntilFargateProfileDeleted,
} from '@aws-sdk/client-eks';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MatchAnswer } from '#cli/profile-verdict.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, resources: {requests: {cpu: "1", memory: 8Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
---
apiVersion: v1
kind: Pod
metadata: {name: host}
spec:
  hostNetwork: true
  containers: [{name: a, image: nginx}]
---
`;

describe('berth profile match', () => {
  let stack: RunningStack;
  let eks: EKSClient;
  let file: string;

  const match = (args: readonly string[], input?: string): Promise<Ended> => {
    const running = exec(process.execPath, [BIN, 'profile', 'match', ...args, '--data-dir', stack.dataDir], {
      timeout: 20_000,
    });
    running.child.stdin?.end(input ?? '');
    return running.then(
      (said) => ({ code: 0, ...said }),
      (error: Ended) => error,
    );
  };

  beforeAll(async () => {
    stack = await startStack();
    const { endpoint, credentials } = stack;
    eks = new EKSClient({ endpoint, credentials, region: 'us-east-1', maxAttempts: 1 });
    file = path.join(stack.dataDir, 'app.yaml');
    writeFileSync(file, MANIFESTS);
  });

  it('of manifests, says the profile, the size and what Fargate refuses, and exits with 3 when something would not run', async () => {
    const { code, stdout } = await match(['-f', file]);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'Deployment prod/web: profile fp-default takes it, as 2vCPU 9GB',
      'Pod default/host: profile fp-default takes it, and it cannot run: Pod not supported on Fargate: fields not supported: HostNetwork',
      '1 object makes no pods',
    ]);
    expect(code).toBe(3);
  });

  it('after the profiles change, says by name which selector misses what, in JSON too', async () => {
    const clusterName = 'default';
    const web = { clusterName, fargateProfileName: 'web' };
    await eks.send(
      new CreateFargateProfileCommand({
        ...web,
        podExecutionRoleArn: 'arn:aws:iam::000000000000:role/pods',
        selectors: [{ namespace: 'prod', labels: { app: 'web' } }],
      }),
    );
    const waiter = { client: eks, maxWaitTime: 30, minDelay: 1, maxDelay: 1 };
    await waitUntilFargateProfileActive(waiter, web);
    const old = { clusterName, fargateProfileName: 'fp-default' };
    await eks.send(new DeleteFargateProfileCommand(old));
    await waitUntilFargateProfileDeleted(waiter, old);

    const { code, stdout } = await match(['-f', '-', '-n', 'other', '--json'], MANIFESTS);
    expect(code).toBe(3);
    const { workloads } = JSON.parse(stdout) as MatchAnswer;
    expect(workloads.map(({ admission }) => admission.kind)).toEqual(['admitted', 'unmatched']);
    expect((await match(['-f', file, '-n', 'other'])).stdout).toContain(
      '  profile web, selector 1: wants namespace prod, the pod is in other; wants label app=web, the pod has none',
    );
  });

  it('of pods that all run, exits with 0', async () => {
    const [deployment = ''] = MANIFESTS.split('---');
    expect(await match(['-f', '-'], deployment)).toMatchObject({ code: 0, stderr: '' });
  });

  it('of what is no manifest, no file or no cluster, exits with 2 or 1 and says why', async () => {
    expect(await match(['-f', '-'], 'a: [')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not YAML') });
    expect(await match(['-f', '-'], '# nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no manifest'),
    });
    expect(await match(['-f', 'absent.yaml'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be read'),
    });
    expect(await match(['-f', file, '--cluster', 'nope'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No cluster found for name: nope.'),
    });
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'
        .split('')
        .map((name, at) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdef'[at]}`).join(',')}]`),
    ];
    expect(await match(['-f', '-'], bomb.join('\n'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('aliases'),
    });
  });
});
