import type { Json, JsonObject } from '../../../json.ts';
import { podContainers } from '../../../profile/pod-containers.ts';
import { type PodSize, requestsOf } from '../../../profile/pod-size.ts';
import { type KubeObject, objectAt } from '../../object.ts';
import { parseQuantity, type Quantity } from '../../quantity.ts';

/** Whole ones of a divisor that a container may have, or asks for; what it does not limit is the pod's whole size. */
export function resourceText(pod: KubeObject, size: PodSize, reference: JsonObject, ownName: string): string {
  const name = typeof reference['containerName'] === 'string' ? reference['containerName'] : ownName;
  const container = podContainers(pod).find((one) => one.name === name);
  const [kind = '', resource = ''] = String(reference['resource'] ?? '').split(/\.(.*)/s);
  const limits = objectAt(objectAt(container?.spec['resources'] as Json)['limits']);
  const asked = container ? requestsOf(container) : {};
  const said = parseQuantity(kind === 'limits' ? limits[resource] : asked[resource]);
  const amount = said ?? (kind === 'limits' ? wholeOf(size, resource) : 0n);
  const divisor = parseQuantity(reference['divisor'] ?? '1') || 1n;
  const unit = divisor > 0n ? divisor : NANO;
  return String((amount + unit - 1n) / unit);
}

const NANO = 1_000_000_000n;

function wholeOf({ cpu, memory }: PodSize, resource: string): Quantity {
  if (resource === 'cpu') return (BigInt(cpu) * NANO) / 1_024n;
  return resource === 'memory' ? BigInt(memory) * 1_024n * 1_024n * NANO : 0n;
}
