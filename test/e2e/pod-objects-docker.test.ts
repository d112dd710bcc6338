import Docker from 'dockerode';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX_IMAGE, busyboxImage } from '#test/support/busybox-image.ts';
import { instancesThere } from '#test/support/e2e-ecs.ts';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { dockerMissing, runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';

const [found] = await kubectlsFound();
const noKubectl = found ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;
const missing = noKubectl ?? (await dockerMissing()) ?? (await busyboxImage(new Docker()));

const OBJECTS = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {COLOR: red}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: geheim}
---
apiVersion: v1
kind: Pod
metadata: {name: once}
spec:
  restartPolicy: Never
  volumes:
  - {name: shared, emptyDir: {}}
  - {name: keys, secret: {secretName: keys}}
  initContainers:
  - name: prepare
    image: ${BUSYBOX_IMAGE}
    command: [/bin/sh, -c, 'echo -n "$COLOR" > /shared/color']
    envFrom: [{configMapRef: {name: settings}}]
    volumeMounts: [{name: shared, mountPath: /shared}]
  containers:
  - name: main
    image: ${BUSYBOX_IMAGE}
    command: [/bin/sh, -c, 'echo -n "$(cat /shared/color) $(cat /keys/password) $NAME" > /dev/termination-log']
    env: [{name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    volumeMounts: [{name: shared, mountPath: /shared}, {name: keys, mountPath: /keys, readOnly: true}]
`;

const WAITS = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done";
const SERVING = `
apiVersion: v1
kind: Pod
metadata: {name: serving}
spec:
  terminationGracePeriodSeconds: 5
  containers:
  - name: main
    image: ${BUSYBOX_IMAGE}
    command: [/bin/sh, -c, "(sleep 2; touch /tmp/ready || touch /ready) & ${WAITS}"]
    readinessProbe: {exec: {command: [/bin/sh, -c, 'test -e /tmp/ready || test -e /ready']}, periodSeconds: 1}
`;

const CRASHING = `
apiVersion: v1
kind: Pod
metadata: {name: crashing}
spec:
  containers:
  - {name: main, image: ${BUSYBOX_IMAGE}, command: [/bin/sh, -c, 'exit 3']}
`;

describe.runIf(runnable('pods by kubectl with containers', missing))('pods of real containers', () => {
  let cli: Kubectl;
  let said: Kubectl['said'];

  beforeAll(async () => {
    const stack = await startStack({ args: ['--runtime', 'docker', '--time-scale', '0.2'] });
    await instancesThere(stack.ecs, 1);
    ({ said } = cli = kubectl(found?.program ?? '', stack));
  });

  it('init container, environment, Secret and emptyDir, reach the container, and its last words come back', async () => {
    await said(['apply', '-f', '-'], OBJECTS);
    await said(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/once', '--timeout=55s']);
    const { status } = await cli.json('get', 'pod', 'once');
    expect(status.initContainerStatuses[0].state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(status.containerStatuses[0].state.terminated).toMatchObject({ exitCode: 0, message: 'red geheim once' });
    await said(['delete', 'pod', 'once', '--timeout=50s']);
  });

  it('a pod is ready when its probe says so, has an address, and is gone after its grace', async () => {
    await said(['apply', '-f', '-'], SERVING);
    await said(['wait', '--for=condition=Ready', 'pod/serving', '--timeout=55s']);
    const { status, spec } = await cli.json('get', 'pod', 'serving');
    expect(status.podIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const node = await cli.json('get', 'node', spec.nodeName);
    expect(node.status.addresses).toContainEqual({ type: 'InternalIP', address: status.podIP });
    expect(await said(['get', 'pod', 'serving', '-o', 'wide'])).toContain(status.podIP);
    await said(['delete', 'pod', 'serving', '--timeout=50s']);
  });

  it('a container that ends badly, is started again and waits longer each time', async () => {
    await said(['apply', '-f', '-'], CRASHING);
    const why = '{.status.containerStatuses[0].state.waiting.reason}';
    await said(['wait', `--for=jsonpath=${why}=CrashLoopBackOff`, 'pod/crashing', '--timeout=55s']);
    const { status } = await cli.json('get', 'pod', 'crashing');
    expect(status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ ready: false, lastState: { terminated: { exitCode: 3, reason: 'Error' } } }],
    });
    expect(await said(['describe', 'pod', 'crashing'])).toContain('Back-off restarting failed container main');
    await said(['delete', 'pod', 'crashing', '--timeout=50s']);
  });
});
