import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { decodeObject } from '#core/kube/schema/decode-object.ts';
import { typeNamed } from '#core/kube/schema/schema.ts';

const decode = (type: string, value: JsonObject) => decodeObject(typeNamed(type), value);
const pod = (container: JsonObject): JsonObject => ({ spec: { containers: [{ name: 'ok' }, container] } });

describe('an object read by its schema', () => {
  it('members nobody knows, are left out and named with their place', () => {
    const sent = { metadata: { name: 'p', nam: 1 }, spec: { containers: [{ name: 'a' }, { imagee: 'x' }] }, sepc: {} };
    const { object, unknown } = decode('core.v1.Pod', sent);
    expect(unknown).toEqual(['metadata.nam', 'spec.containers[1].imagee', 'sepc']);
    expect(object).toEqual({ metadata: { name: 'p' }, spec: { containers: [{ name: 'a' }, {}] } });
  });

  it.each<[string, JsonObject, string]>([
    [
      'apps.v1.Deployment',
      { spec: { replicas: 'three' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'core.v1.Pod',
      pod({ image: 7 }),
      'json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
    ],
    [
      'core.v1.Pod',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    ['core.v1.Pod', { spec: [] }, 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
    [
      'core.v1.ConfigMap',
      { data: { a: 1 } },
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'core.v1.ConfigMap',
      { data: 'x' },
      'json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string',
    ],
    [
      'apps.v1.Deployment',
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps.v1.Deployment',
      { spec: { replicas: 2 ** 31 } },
      'json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'core.v1.Service',
      { spec: { ports: [{ targetPort: true }] } },
      'json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
    ['core.v1.Secret', { data: { a: 'not base64' } }, 'illegal base64 data'],
    ['core.v1.Pod', pod({ resources: { limits: { cpu: '1 core' } } }), 'quantities must match the regular expression'],
    ['core.v1.Pod', { metadata: { deletionTimestamp: 'today' } }, 'parsing time "today" as'],
  ])('%s %j, is refused in the words of kubectl', (type, value, message) => {
    expect(() => decode(type, value)).toThrow(message);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['null says nothing', { spec: null, metadata: { creationTimestamp: null } }, { metadata: {} }],
    ['an empty value that means none', { spec: { hostNetwork: false, nodeName: '', tolerations: [] } }, { spec: {} }],
    ['an empty value that means itself', pod({ volumeMounts: [], securityContext: {} }), pod({ securityContext: {} })],
    ['zero where it is not none', { spec: { priority: 0, containers: [] } }, { spec: { priority: 0, containers: [] } }],
    [
      'a number for a quantity',
      pod({ resources: { limits: { cpu: 2 } } }),
      pod({ resources: { limits: { cpu: '2' } } }),
    ],
    [
      'a time of another zone',
      { metadata: { deletionTimestamp: '2026-11-21T18:53:09.5+02:00' } },
      { metadata: { deletionTimestamp: '2026-11-21T16:53:09Z' } },
    ],
  ])('%s, is kept as the Kubernetes API server keeps it', (_what, value, kept) => {
    expect(decode('core.v1.Pod', value)).toEqual({ object: kept, unknown: [] });
  });

  it('a member called __proto__, is a key of a map like any other, and of a type none', () => {
    const sent = JSON.parse('{"data": {"__proto__": "x"}, "__proto__": {"data": {}}}') as JsonObject;
    const { object, unknown } = decode('core.v1.ConfigMap', sent);
    expect(Object.entries(object['data'] ?? {})).toEqual([['__proto__', 'x']]);
    expect(unknown).toEqual(['__proto__']);
  });

  it('more unknown members than anybody reads, are not all named', () => {
    const sent = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
    expect(decode('core.v1.Pod', sent).unknown).toHaveLength(100);
  });
});
