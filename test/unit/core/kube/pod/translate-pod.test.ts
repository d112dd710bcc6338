import { describe, expect, it } from 'vitest';
import { fillPod } from '#core/kube/pod/fill/fill-pod.ts';
import { translatePod } from '#core/kube/pod/translate/translate-pod.ts';
import { parseReference } from '#core/task-definition/reference.ts';
import { aPod } from '#test/support/a-pod.ts';

const SIZE = { cpu: 256, memory: 512 };
const translated = (spec: object) => translatePod(fillPod(aPod(spec)), SIZE);
const container = (spec: object, pod: object = {}) =>
  translated({ containers: [{ name: 'web', image: 'nginx:1', ...spec }], ...pod }).containerDefinitions[0];

describe('a pod as a task definition', () => {
  it('its family, is one that no client can name', () => {
    const { family } = translated({});
    expect(family).toContain(aPod().metadata.uid);
    expect(parseReference(family)).toBeUndefined();
  });

  it('its size, is that of the task', () => {
    expect(translated({})).toMatchObject({ cpu: '256', memory: '512', networkMode: 'awsvpc' });
  });

  it('command and args, are the entry point and its arguments', () => {
    expect(container({ command: ['sh', '-c'], args: ['true'], workingDir: '/w' })).toMatchObject({
      entryPoint: ['sh', '-c'],
      command: ['true'],
      workingDirectory: '/w',
    });
  });

  it('amounts, become CPU units asked for and MiB allowed', () => {
    const resources = { requests: { cpu: '250m', memory: '64Mi' }, limits: { memory: '128Mi' } };
    expect(container({ resources })).toMatchObject({ cpu: 256, memory: 128 });
  });

  it('ports, keep their protocol', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }];
    expect(container({ ports })?.portMappings).toEqual([
      { containerPort: 80, protocol: 'tcp' },
      { containerPort: 53, protocol: 'udp' },
    ]);
  });

  it('init containers, sidecars and the others, come in the order of their start', () => {
    const { containerDefinitions } = translated({
      initContainers: [
        { name: 'first', image: 'a' },
        { name: 'side', image: 'b', restartPolicy: 'Always' },
      ],
    });
    expect(containerDefinitions.map(({ name, pod }) => [name, pod?.role, pod?.restartPolicy])).toEqual([
      ['first', 'init', 'OnFailure'],
      ['side', 'sidecar', 'Always'],
      ['web', 'main', 'Always'],
    ]);
  });

  it('a probe that names a port, asks that port', () => {
    const probe = {
      httpGet: { port: 'http', path: '/up', httpHeaders: [{ name: 'X', value: '1' }] },
      periodSeconds: 5,
    };
    const made = container({ ports: [{ name: 'http', containerPort: 8080 }], readinessProbe: probe });
    expect(made?.pod?.readinessProbe).toEqual({
      handler: { kind: 'httpGet', scheme: 'HTTP', port: 8080, path: '/up', headers: [{ name: 'X', value: '1' }] },
      initialDelaySeconds: 0,
      periodSeconds: 5,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it('what a container says of its security, goes before what the pod says', () => {
    const own = { runAsUser: 7, capabilities: { drop: ['ALL'], add: ['CHOWN'] }, readOnlyRootFilesystem: true };
    const pod = { securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4] } };
    expect(container({ securityContext: own }, pod)?.pod?.security).toEqual({
      runAsUser: 7,
      runAsGroup: 2,
      supplementalGroups: [4, 3],
      readOnlyRootFilesystem: true,
      addCapabilities: ['CHOWN'],
      dropCapabilities: ['ALL'],
    });
  });

  it('values of ConfigMaps and Secrets, are not in it: only where they come from', () => {
    const made = container({
      env: [
        { name: 'A', value: 'a' },
        { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      envFrom: [{ configMapRef: { name: 'm' }, prefix: 'P_' }],
    });
    expect(made?.environment).toEqual([
      { name: 'A', value: 'a' },
      { name: 'NAME', value: 'web' },
    ]);
    expect(made?.pod?.environmentFrom).toEqual([
      { kind: 'configMap', name: 'm', prefix: 'P_', optional: false },
      { kind: 'secretKey', variable: 'S', name: 's', key: 'k', optional: false },
      { kind: 'machine', variable: 'IP', field: 'podIP' },
    ]);
  });
});
