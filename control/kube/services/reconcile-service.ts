import { Fault } from '#core/fault.ts';
import { isKeptSlice, SERVICE_LABEL } from '#core/kube/kinds/endpoint-slice.ts';
import type { KubeObject, RawObject } from '#core/kube/object.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import { endpointSlices, selectsPods, type WantedSlice } from '#core/kube/service/endpoint-slices.ts';
import { isSlowSweep } from '#core/kube/slow-sweep.ts';
import type { Dependencies } from '../../dependencies.ts';
import { createObject } from '../create-object.ts';
import { deleteObject } from '../delete-object.ts';
import { findObject, listObjects } from '../read-objects.ts';
import type { ObjectReconciler } from '../reconcilers.ts';
import type { ObjectId } from '../records.ts';
import { updateObject } from '../update-object.ts';

const FOR_GOOD = { isDryRun: false };
const SLICES = resourceNamed('endpointslices.discovery.k8s.io');
const SLICES_NAME = 'endpointslices.discovery.k8s.io';

/** Keeps the endpoint slices of a service as its pods are. */
export const serviceReconciler: ObjectReconciler = {
  // Pods wake the services that select them; what a lost event, or a pod whose labels changed, leaves behind is found here.
  isDue: (service, now) => isSlowSweep(now) && selectsPods(service),
  async reconcile(deps: Dependencies, id: ObjectId): Promise<undefined> {
    const { cluster, namespace, name } = id;
    const service = (await findObject(deps, id))?.value;
    const labels = [{ key: SERVICE_LABEL, operator: 'in', values: [name] } as const];
    const found = await listObjects(deps, { cluster, resource: SLICES_NAME }, { namespace, labels, fields: [] });
    const standing = found.map(({ value }) => value).filter(isKeptSlice);
    const wanted = service?.metadata.deletionTimestamp === undefined ? await wantedSlices(deps, id, service) : [];
    const target = { cluster, resource: SLICES, namespace };
    for (const slice of wanted) {
      const before = standing.find(({ metadata }) => metadata.name === slice.name);
      if (!before) await createSlice(deps, target, slice);
      else if (!isSame(before, slice)) await updateSlice(deps, { ...target, name: slice.name }, slice);
    }
    const kept = new Set(wanted.map((slice) => slice.name));
    for (const { metadata } of standing) {
      if (!kept.has(metadata.name))
        await unless('ResourceNotFound', deleteObject(deps, { ...target, name: metadata.name }, FOR_GOOD));
    }
  },
};

async function wantedSlices(
  deps: Dependencies,
  { cluster, namespace }: ObjectId,
  service: KubeObject | undefined,
): Promise<readonly WantedSlice[]> {
  if (!service || !selectsPods(service)) return [];
  const pods = await listObjects(deps, { cluster, resource: 'pods' }, { namespace, labels: [], fields: [] });
  return endpointSlices(
    service,
    pods.map(({ value }) => value),
  );
}

const isSame = (before: KubeObject, { name: _name, labels, ownerReferences, ...members }: WantedSlice): boolean =>
  isSameValue(before.metadata.labels, labels) &&
  isSameValue(before.metadata.ownerReferences, ownerReferences) &&
  Object.entries(members).every(([member, value]) => isSameValue(before[member], value));

type SliceTarget = { readonly cluster: string; readonly resource: typeof SLICES; readonly namespace: string };

function createSlice(deps: Dependencies, target: SliceTarget, slice: WantedSlice): Promise<void> {
  const { name, labels, ownerReferences, ...members } = slice;
  const object = { metadata: { name, labels, ownerReferences }, ...members } as unknown as RawObject;
  return unless('AlreadyExists', createObject(deps, target, object, FOR_GOOD));
}

function updateSlice(
  deps: Dependencies,
  target: SliceTarget & { readonly name: string },
  slice: WantedSlice,
): Promise<void> {
  const { name: _name, labels, ownerReferences, ...members } = slice;
  const change = (before: KubeObject): RawObject =>
    ({ ...before, metadata: { ...before.metadata, labels, ownerReferences }, ...members }) as unknown as RawObject;
  return unless('ResourceNotFound', updateObject(deps, target, change, FOR_GOOD));
}

/** Somebody else was faster; their change wakes the service again. */
async function unless(code: Fault['code'], written: Promise<unknown>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!(error instanceof Fault && error.code === code)) throw error;
  }
}
