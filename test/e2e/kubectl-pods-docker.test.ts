import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const [found] = await kubectlsFound();
const missing = (await dockerMissing()) ?? (found ? undefined : 'no kubectl on the PATH (install kubernetes-client)');

// Unique, because the engine is shared with whatever else runs on this machine.
const NAME = `web-${randomBytes(4).toString('hex')}`;
const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {app.conf: "port=8080"}
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {PASSWORD: hunter2}
---
apiVersion: v1
kind: Pod
metadata: {name: ${NAME}}
spec:
  terminationGracePeriodSeconds: 1
  initContainers:
  - name: prepare
    image: ${BUSYBOX_IMAGE}
    command: [sh, -c, "cat /etc/app/app.conf > /work/index.html; echo ' '$PASSWORD >> /work/index.html"]
    envFrom: [{secretRef: {name: password}}]
    volumeMounts: [{name: work, mountPath: /work}, {name: conf, mountPath: /etc/app}]
  containers:
  - name: server
    image: ${BUSYBOX_IMAGE}
    command: [httpd, -f, -p, "8080", -h, /work]
    readinessProbe: {httpGet: {port: 8080, path: /}, periodSeconds: 1, timeoutSeconds: 5}
    volumeMounts: [{name: work, mountPath: /work}]
  - name: client
    image: ${BUSYBOX_IMAGE}
    command: [sh, -c, "echo this is run $(date +%s%N); sleep 1; wget -q -O /dev/termination-log http://localhost:8080/; echo $POD_IP >> /dev/termination-log; exit 3"]
    env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
  volumes:
  - {name: work, emptyDir: {}}
  - {name: conf, configMap: {name: conf}}
`;

describe.runIf(runnable('pods by kubectl on Docker', missing))('a pod by kubectl on Docker', () => {
  const docker = new Docker();
  let cli: Kubectl;

  beforeAll(async () => {
    const why = await busyboxImage(docker);
    if (why !== undefined) throw new Error(why);
    cli = kubectl(found?.program ?? 'kubectl', await startStack({ args: ['--runtime', 'docker'] }));
  });

  it('a manifest of others, runs as it says, is seen to crash and be ready, and goes without a trace', async () => {
    await cli.said(['apply', '-f', '-'], MANIFEST);
    const seen = async () => (await cli.json('get', 'pod', NAME)).status;
    const { value: status } = await waitUntil(
      'the server is ready and the client in its back-off',
      seen,
      ({ containerStatuses = [] }) => {
        const [server, client] = containerStatuses;
        return server?.ready === true && client?.state.waiting?.reason === 'CrashLoopBackOff';
      },
      { withinMs: 100_000, everyMs: 500 },
    );
    expect(status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [{ name: 'prepare', state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
      containerStatuses: [
        { name: 'server', restartCount: 0, started: true },
        {
          name: 'client',
          ready: false,
          lastState: { terminated: { exitCode: 3, reason: 'Error', message: `port=8080 hunter2\n${status.podIP}\n` } },
        },
      ],
    });
    expect(await cli.said(['get', 'pods'])).toMatch(/web-\w+\s+1\/2\s+CrashLoopBackOff/);
    // In the back-off both speak of runs that are over, of different ones.
    const [newest, before] = await Promise.all([
      cli.said(['logs', NAME, '-c', 'client']),
      cli.said(['logs', NAME, '-c', 'client', '-p']),
    ]);
    for (const text of [newest, before]) expect(text).toMatch(/^this is run \S+\n$/);
    expect(before).not.toBe(newest);
    await cli.said(['delete', 'pod', NAME]);
    const left = async () => {
      const ours = await docker.listContainers({ all: true, filters: { label: [`berth.group=pod:default/${NAME}`] } });
      return ours.map(({ Names }) => Names[0]);
    };
    await waitUntil('nothing is left of it', left, (names) => names.length === 0, { withinMs: 30_000, everyMs: 500 });
  });
});
