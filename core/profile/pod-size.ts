import type { Json, JsonObject } from '../json.ts';
import { type KubeObject, objectAt } from '../kube/object.ts';
import { mebibytesOf, milliOf, parseQuantity, type Quantity } from '../kube/quantity.ts';
import { roundUpToFargateSize } from '../task-definition/fargate-sizes.ts';
import { type PodContainer, podContainers } from './pod-containers.ts';

export interface PodSize {
  /** CPU units; 1024 are one vCPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

export type PodSizing =
  | { readonly kind: 'fits'; readonly size: PodSize }
  | { readonly kind: 'tooLarge' }
  /** A container asks for an amount that is none, such as `web cpu "abc"`. */
  | { readonly kind: 'unreadable'; readonly amounts: readonly string[] };

/** What the agents of Kubernetes take of each pod's memory on Fargate. */
const OVERHEAD_MIB = 256;
const UNITS_PER_CPU = 1024;
/** EKS gives a pod on Fargate at most so much disk. */
const MAX_DISK = (parseQuantity('175Gi') ?? 0n) as Quantity;

/**
 * The Fargate size of a pod, as EKS works it out: of each resource, the larger of what its largest init container asks for and
 * what its long-running containers ask for together; 256 MiB of memory more; rounded up to a size of the table. A pod that asks
 * for nothing has the smallest one.
 */
export function podSize(pod: KubeObject): PodSizing {
  const containers = podContainers(pod);
  const unreadable = containers.flatMap(unreadableAmounts);
  if (unreadable.length > 0) return { kind: 'unreadable', amounts: unreadable };
  const needed = (resource: string): Quantity => neededOf(containers, resource);
  if (needed('ephemeral-storage') > MAX_DISK) return { kind: 'tooLarge' };
  const cpu = Math.ceil((milliOf(needed('cpu')) * UNITS_PER_CPU) / 1_000);
  const size = roundUpToFargateSize(cpu, mebibytesOf(needed('memory')) + OVERHEAD_MIB);
  return size ? { kind: 'fits', size } : { kind: 'tooLarge' };
}

function neededOf(containers: readonly PodContainer[], resource: string): Quantity {
  const amounts = (isInit: boolean): readonly Quantity[] =>
    containers
      .filter(({ role }) => (role === 'init') === isInit)
      .map((container) => parseQuantity(requestsOf(container)[resource]) ?? 0n);
  let needed = amounts(false).reduce((total, amount) => total + amount, 0n);
  for (const amount of amounts(true)) if (amount > needed) needed = amount;
  return needed;
}

/** What a container asks for. Kubernetes takes a limit for the request where there is no request. */
export function requestsOf({ spec }: PodContainer): JsonObject {
  const { requests, limits } = objectAt(spec['resources'] as Json);
  return { ...objectAt(limits), ...objectAt(requests) };
}

const unreadableAmounts = (container: PodContainer): readonly string[] =>
  Object.entries(requestsOf(container)).flatMap(([resource, amount]) => {
    const quantity = parseQuantity(amount);
    return quantity === undefined || quantity < 0n ? [`${container.name} ${resource} ${JSON.stringify(amount)}`] : [];
  });

/** A size as EKS writes it on a pod: `0.25vCPU 0.5GB`. */
export const capacityProvisioned = ({ cpu, memory }: PodSize): string =>
  `${cpu / UNITS_PER_CPU}vCPU ${memory / 1024}GB`;
