import { Fault } from '#core/fault.ts';
import type { RawObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { API_SERVICE_IP } from '#core/kube/service/cluster-ip.ts';
import type { Dependencies } from '../dependencies.ts';
import { createObject } from './create-object.ts';
import { seedNamespaces } from './namespace/seed-namespaces.ts';

/** What is above everything a user may ask for (scheduling.k8s.io/v1). */
const PRIORITIES: readonly RawObject[] = [
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    globalDefault: false,
    preemptionPolicy: 'PreemptLowerPriority',
    description: 'For pods that a node cannot do without.',
  },
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    globalDefault: false,
    preemptionPolicy: 'PreemptLowerPriority',
    description: 'For pods that a cluster cannot do without.',
  },
];

/** The API itself, as clients inside a cluster look for it. */
const API_SERVICE: RawObject = {
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: { clusterIP: API_SERVICE_IP, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }] },
};

/** Makes what every Kubernetes cluster begins with, as far as it is not there yet. */
export async function seedKubernetes(deps: Dependencies, cluster: string): Promise<void> {
  await seedNamespaces(deps, cluster);
  for (const priority of PRIORITIES) await make(deps, cluster, 'priorityclasses.scheduling.k8s.io', '', priority);
  await make(deps, cluster, 'services', 'default', API_SERVICE);
}

async function make(
  deps: Dependencies,
  cluster: string,
  resource: string,
  namespace: string,
  object: RawObject,
): Promise<void> {
  try {
    await createObject(deps, { cluster, resource: resourceNamed(resource), namespace }, object, { isDryRun: false });
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'AlreadyExists')) throw error;
  }
}
