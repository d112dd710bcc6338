import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { podRules } from '#core/kube/kinds/pod.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { checkPodSpec } from '#core/kube/pod/check/check-pod-spec.ts';
import { fillPodSpec } from '#core/kube/pod/fill/fill-pod-spec.ts';

const pod = (spec: JsonObject, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: 'now',
    ...metadata,
  },
  spec,
});
const WEB = { name: 'web', image: 'nginx' };
const filled = (spec: JsonObject): KubeObject => podRules.fillDefaults(pod(spec));
// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an object, it asserts.
const specOf = (object: KubeObject): any => object['spec'];
const complaints = (spec: JsonObject): readonly string[] =>
  checkPodSpec(fillPodSpec(spec), 'spec').map(({ field, message }) => `${field}: ${message}`);
const withContainer = (more: JsonObject, spec: JsonObject = {}): JsonObject => ({
  containers: [{ ...WEB, ...more }],
  ...spec,
});

describe('defaults of a pod', () => {
  it('a pod with an image alone, becomes what the Kubernetes API server makes of it', () => {
    const made = filled({ containers: [WEB] });
    expect(specOf(made)).toEqual({
      containers: [
        {
          ...WEB,
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      tolerations: ['not-ready', 'unreachable'].map((state) => ({
        key: `node.kubernetes.io/${state}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    });
    expect(made['status']).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  it('filling what is filled, changes nothing', () => {
    const spec = withContainer(
      { ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { port: 80 } }, resources: { limits: { cpu: '1' } } },
      { volumes: [{ name: 'a' }, { name: 'b', configMap: { name: 'm' } }] },
    );
    const once = filled(spec);
    expect(podRules.fillDefaults(once)).toEqual(once);
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['nginx@sha256:0123', 'IfNotPresent'],
  ])('the image %s, is pulled %s', (image, policy) => {
    expect(specOf(filled(withContainer({ image }))).containers[0].imagePullPolicy).toBe(policy);
  });

  it('probes, ports and hooks, get their numbers', () => {
    const [container] = specOf(
      filled(
        withContainer({
          ports: [{ containerPort: 80 }],
          readinessProbe: { httpGet: { port: 80 }, periodSeconds: 3 },
          lifecycle: { preStop: { httpGet: { port: 80 } } },
        }),
      ),
    ).containers;
    expect(container).toMatchObject({
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      readinessProbe: {
        httpGet: { port: 80, path: '/', scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 3,
        successThreshold: 1,
        failureThreshold: 3,
      },
      lifecycle: { preStop: { httpGet: { path: '/', scheme: 'HTTP' } } },
    });
  });

  it('volumes, get their mode, and one without a kind is empty', () => {
    const volumes = [{ name: 'a' }, { name: 'b', secret: { secretName: 's' } }];
    expect(specOf(filled(withContainer({}, { volumes }))).volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', secret: { secretName: 's', defaultMode: 0o644 } },
    ]);
  });

  it('limits without requests, are asked for, and make the pod Guaranteed', () => {
    const made = filled(withContainer({ resources: { limits: { cpu: '500m', memory: '1Gi' } } }));
    expect(specOf(made).containers[0].resources.requests).toEqual({ cpu: '500m', memory: '1Gi' });
    expect(made['status']).toMatchObject({ qosClass: 'Guaranteed' });
  });

  it('requests below the limits, make it Burstable', () => {
    const made = filled(withContainer({ resources: { requests: { cpu: '250m' }, limits: { cpu: '1' } } }));
    expect(made['status']).toMatchObject({ qosClass: 'Burstable' });
  });
});

describe('checks of a pod', () => {
  it.each<[string, JsonObject, string]>([
    ['no containers', { containers: [] }, 'spec.containers: Required value'],
    ['no image', { containers: [{ name: 'web' }] }, 'spec.containers[0].image: Required value'],
    ['no name', { containers: [{ image: 'nginx' }] }, 'spec.containers[0].name: Required value'],
    ['something that is no container', { containers: ['web'] }, 'spec.containers[0]: Invalid value: must be an object'],
    ['a name twice', { containers: [WEB, WEB] }, 'spec.containers[1].name: Duplicate value: "web"'],
    [
      'a name of an init container again',
      { containers: [WEB], initContainers: [WEB] },
      'spec.containers[0].name: Duplicate value: "web"',
    ],
    [
      'a mount of no volume',
      withContainer({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ],
    [
      'a path that leads out of its volume',
      withContainer({ volumeMounts: [{ name: 'a', mountPath: '/a', subPath: '../b' }] }, { volumes: [{ name: 'a' }] }),
      `spec.containers[0].volumeMounts[0].subPath: Invalid value: "../b": must not contain '..'`,
    ],
    [
      'a port out of range',
      withContainer({ ports: [{ containerPort: 70_000 }] }),
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be less than or equal to 65535',
    ],
    [
      'a probe without a question',
      withContainer({ livenessProbe: {} }),
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      'a liveness probe that must pass twice',
      withContainer({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      'a variable from nowhere',
      withContainer({ env: [{ name: 'A', valueFrom: {} }] }),
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`',
    ],
    [
      'a variable from a field there is not',
      withContainer({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.mood' } } }] }),
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.mood": supported values: ',
    ],
    [
      'an amount that is none',
      withContainer({ resources: { requests: { cpu: 'much' } } }),
      'spec.containers[0].resources.requests[cpu]: Invalid value: "much": must be a quantity',
    ],
    [
      'more asked for than allowed',
      withContainer({ resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
    ],
    [
      'two kinds of one volume',
      withContainer({}, { volumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/' } }] }),
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'a volume twice',
      withContainer({}, { volumes: [{ name: 'a' }, { name: 'a' }] }),
      'spec.volumes[1].name: Duplicate value: "a"',
    ],
    [
      'an unknown restart policy',
      withContainer({}, { restartPolicy: 'Sometimes' }),
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
  ])('%s, is told', (_what, spec, complaint) => {
    expect(complaints(spec)).toHaveLength(1);
    expect(complaints(spec)[0]).toContain(complaint);
  });

  it('what only Fargate does not run, is none of its business', () => {
    const spec = withContainer(
      { securityContext: { privileged: true }, ports: [{ containerPort: 80, hostPort: 80 }] },
      { hostNetwork: true, volumes: [{ name: 'a', hostPath: { path: '/' } }] },
    );
    expect(complaints(spec)).toEqual([]);
  });
});

describe('changes of a pod', () => {
  const made = filled({ containers: [WEB] });
  const changed = (members: JsonObject): KubeObject => ({ ...made, spec: { ...specOf(made), ...members } });
  const check = (after: KubeObject): readonly string[] => podRules.check(after, made).map(({ field }) => field);

  it('another image, is refused, and so is another policy', () => {
    expect(check(changed({ containers: [{ ...specOf(made).containers[0], image: 'other' }] }))).toEqual(['spec']);
    expect(check(changed({ restartPolicy: 'Never' }))).toEqual(['spec']);
  });

  it('a further toleration and a deadline, are taken', () => {
    const tolerations = [...specOf(made).tolerations, { key: 'a', operator: 'Exists' }];
    expect(check(changed({ tolerations, activeDeadlineSeconds: 60 }))).toEqual([]);
  });

  it('a toleration taken away, is refused', () => {
    expect(check(changed({ tolerations: [] }))).toEqual(['spec']);
  });
});

describe('the end of a pod', () => {
  const placed = { annotations: { CapacityProvisioned: '0.25vCPU 0.5GB' } };

  it('one that was never given a size, goes at once', () => {
    expect(podRules.ending?.(pod({}), 60)).toBeUndefined();
  });

  it('one that was, has its own time, or the time it was asked with', () => {
    const spec = { terminationGracePeriodSeconds: 45 };
    expect(podRules.ending?.(pod(spec, placed))?.metadata.deletionGracePeriodSeconds).toBe(45);
    expect(podRules.ending?.(pod(spec, placed), 5)?.metadata.deletionGracePeriodSeconds).toBe(5);
  });

  it('a second deletion, shortens the time and never makes it longer', () => {
    const going = pod({}, { ...placed, deletionTimestamp: 'then', deletionGracePeriodSeconds: 10 });
    expect(podRules.ending?.(going, 60)?.metadata.deletionGracePeriodSeconds).toBe(10);
    expect(podRules.ending?.(going, 0)?.metadata.deletionGracePeriodSeconds).toBe(0);
  });
});
