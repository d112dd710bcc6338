import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { podName } from '#agent/runtime/labels.ts';
import { aProbe } from '#test/support/agent-pods.ts';
import { busyboxImage } from '#test/support/busybox-image.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { RealPods, shell } from '#test/support/real-pods.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const withDocker = runnable('pods on Docker', await dockerMissing());
const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.1; done';
const serve = (dir: string): string => `exec httpd -f -p 8080 -h ${dir}`;
const HTTP = { kind: 'httpGet', scheme: 'HTTP', port: 8080, path: '/', headers: [] } as const;

describe.runIf(withDocker)('a pod on Docker', () => {
  let pods: RealPods;

  beforeAll(async () => {
    pods = new RealPods('docker');
    const missing = await busyboxImage(pods.docker);
    if (missing !== undefined) throw new Error(missing);
    await pods.start();
  });

  afterAll(() => pods.end());

  it('init containers and a shared volume, run in order and hand on what they made', async () => {
    const mounts = [{ volume: 'work', path: '/work', readOnly: false }];
    const id = pods.run(
      [
        shell('one', 'echo one >> /work/order', { role: 'init', mounts }),
        shell('two', 'echo two >> /work/order', { role: 'init', mounts }),
        shell('app', `cat /work/order; ${FOREVER}`, { mounts }),
      ],
      { volumes: [{ name: 'work', inMemory: true, files: [] }] },
    );
    await pods.told(id, 'app', 'the main runs', ({ ready }) => ready);
    await waitUntil(
      'its output',
      () => pods.output(id, 'app'),
      (text) => text.includes('two'),
      { withinMs: 5_000 },
    );
    expect(await pods.output(id, 'app')).toBe('one\ntwo\n');
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('containers of one pod, reach each other at localhost and share its name, and the pod is told its address', async () => {
    const id = pods.run(
      [
        shell('server', `mkdir -p /tmp/w; echo hello > /tmp/w/index.html; ${serve('/tmp/w')}`, {
          role: 'sidecar',
          startupProbe: aProbe(HTTP, { periodSeconds: 1, failureThreshold: 30 }),
        }),
        shell('client', 'hostname; echo $POD_IP; wget -q -O- http://127.0.0.1:8080/', {
          restartPolicy: 'Never',
          environmentFrom: [{ kind: 'machine', variable: 'POD_IP', field: 'podIP' }],
        }),
      ],
      { hostname: 'web-7' },
    );
    const report = await pods.reported(id, 'STOPPED');
    expect(report.containers.find(({ name }) => name === 'client')?.pod?.terminated).toMatchObject({ exitCode: 0 });
    expect(report.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  });

  it('a container that crashes, starts again at once, then waits in CrashLoopBackOff with its last words', async () => {
    const id = pods.run([shell('app', 'echo out; echo "I can not go on" > /dev/termination-log; exit 3')]);
    const seen = await pods.told(
      id,
      'app',
      'CrashLoopBackOff',
      ({ waiting }) => waiting?.reason === 'CrashLoopBackOff',
    );
    expect(seen).toMatchObject({
      ready: false,
      restartCount: 1,
      last: { exitCode: 3, reason: 'Error', message: 'I can not go on\n' },
    });
    expect(await pods.output(id, 'app', 1)).toBe('out\n');
    await pods.told(id, 'app', 'the next run after 10 s', ({ restartCount }) => restartCount === 2, 20_000);
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('a failing liveness probe, ends the run and starts another one', async () => {
    const livenessProbe = aProbe(
      { kind: 'exec', command: ['test', '!', '-e', '/tmp/sick'] },
      { periodSeconds: 1, failureThreshold: 2, terminationGracePeriodSeconds: 1 },
    );
    const id = pods.run([shell('app', `mkdir -p /tmp; sleep 2; touch /tmp/sick; ${FOREVER}`, { livenessProbe })]);
    const seen = await pods.told(id, 'app', 'a restart', ({ restartCount }) => restartCount === 1);
    expect(seen.last).toMatchObject({ exitCode: 0 });
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('a readiness probe, flips with what the server answers, and nothing restarts', async () => {
    const readinessProbe = aProbe(HTTP, { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 5 });
    const id = pods.run([shell('app', `mkdir -p /tmp/w; ${serve('/tmp/w')}`, { readinessProbe })]);
    const inside = async (script: string) => {
      const command = { Cmd: ['sh', '-c', script], AttachStdout: true };
      const exec = await pods.docker.getContainer(`${podName(id, 1)}.app`).exec(command);
      (await exec.start({})).resume();
    };
    await pods.told(id, 'app', 'not ready at first', ({ started, ready }) => started && !ready);
    await inside('echo up > /tmp/w/index.html');
    await pods.told(id, 'app', 'ready', ({ ready }) => ready);
    await inside('rm /tmp/w/index.html');
    const seen = await pods.told(id, 'app', 'not ready any more', ({ ready }) => !ready);
    expect(seen.restartCount).toBe(0);
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('files of a config map, are there with their rights and can not be changed', async () => {
    const mount = { volume: 'config', path: '/etc/app', readOnly: false };
    const script = 'cat /etc/app/a/app.conf; cat /etc/one.conf; echo x > /etc/app/a/app.conf || echo refused; id';
    const id = pods.run(
      [
        shell('app', `${script}; ${FOREVER}`, {
          mounts: [mount, { volume: 'config', path: '/etc/one.conf', subPath: 'a/app.conf', readOnly: true }],
          security: { runAsUser: 1_000, runAsGroup: 2_000, readOnlyRootFilesystem: true, dropCapabilities: ['ALL'] },
        }),
      ],
      {
        fsGroup: 3_000,
        volumes: [
          {
            name: 'config',
            inMemory: false,
            files: [{ path: 'a/app.conf', content: Buffer.from('port=80\n').toString('base64'), mode: 0o440 }],
          },
        ],
      },
    );
    await pods.told(id, 'app', 'it is ready', ({ ready }) => ready);
    const { value } = await waitUntil(
      'its output',
      () => pods.output(id, 'app'),
      (text) => text.includes('uid='),
      { withinMs: 5_000 },
    );
    expect(value.match(/port=80\n/g)).toHaveLength(2);
    expect(value).toContain('refused');
    expect(value).toMatch(/uid=1000 gid=2000 groups=.*3000/);
    const inspected = await pods.docker.getContainer(`${podName(id, 1)}.app`).inspect();
    expect(inspected.HostConfig).toMatchObject({ CapDrop: ['ALL'], ReadonlyRootfs: true, Privileged: false });
    expect(inspected.HostConfig.CapAdd ?? []).toEqual([]);
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('an image that would be root although the pod forbids it, waits and says why', async () => {
    const id = pods.run([shell('app', FOREVER, { security: { runAsNonRoot: true } })]);
    const seen = await pods.told(
      id,
      'app',
      'the refusal',
      ({ waiting }) => waiting?.reason === 'CreateContainerConfigError',
    );
    expect(seen.waiting?.message).toContain('runAsNonRoot');
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('an image that must not be pulled and is not there, waits as ErrImageNeverPull', async () => {
    const app = { ...shell('app', FOREVER, { imagePullPolicy: 'Never' }), image: 'berth-test/none:1' };
    const id = pods.run([app]);
    await pods.told(id, 'app', 'the refusal', ({ waiting }) => waiting?.reason === 'ErrImageNeverPull');
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
  });

  it('hooks, run after the start and before the end', async () => {
    const mounts = [{ volume: 'work', path: '/work', readOnly: false }];
    const hook = (word: string) => ({ kind: 'exec', command: ['sh', '-c', `echo ${word} >> /work/log`] }) as const;
    const script =
      'trap "echo term >> /work/log; cat /work/log > /dev/termination-log; exit 0" TERM; while :; do sleep 0.1; done';
    const id = pods.run([shell('app', script, { mounts, postStart: hook('started'), preStop: hook('stopping') })], {
      volumes: [{ name: 'work', inMemory: false, files: [] }],
    });
    await pods.told(id, 'app', 'it is ready', ({ ready }) => ready);
    pods.askToStop(id);
    const report = await pods.reported(id, 'STOPPED');
    expect(report.containers[0]?.pod?.terminated).toMatchObject({ exitCode: 0, message: 'started\nstopping\nterm\n' });
  });

  it('an agent that restarts, finds its pod as it was, and a pod that is gone leaves nothing behind', async () => {
    const id = pods.run([shell('app', FOREVER), shell('other', FOREVER)]);
    await pods.told(id, 'other', 'it is ready', ({ ready }) => ready);
    const before = await pods.docker.getContainer(`${podName(id, 1)}.app`).inspect();
    await pods.stop();
    await pods.start();
    const after = await pods.docker.getContainer(`${podName(id, 1)}.app`).inspect();
    expect(after.State).toMatchObject({ Running: true, StartedAt: before.State.StartedAt });
    expect(existsSync(join(pods.dataDir, 'pods', podName(id, 1)))).toBe(true);
    pods.askToStop(id);
    await pods.reported(id, 'STOPPED');
    const names = async () => {
      const filters = { label: [`berth.task=${id}`] };
      return (await pods.docker.listContainers({ all: true, filters })).map(({ Names }) => Names[0]);
    };
    await waitUntil('everything is removed', names, (left) => left.length === 0, { withinMs: 30_000 });
    await waitUntil(
      'its volumes are removed',
      async () => existsSync(join(pods.dataDir, 'pods', podName(id, 1))),
      (isThere) => !isThere,
      { withinMs: 5_000 },
    );
  });
});
