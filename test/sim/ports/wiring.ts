import type { ControlPlane } from '#agent/client/control-plane.ts';
import type { FencePorts } from '#agent/fence.ts';
import type { ContainerRuntime } from '#agent/runtime/port.ts';
import type { SessionStatus } from '#agent/session.ts';
import type { AgentDisk } from '#agent/state/agent-disk.ts';
import type { Dependencies } from '#control/dependencies.ts';
import type { StateStore } from '#control/ports.ts';

/** The agent whose port is wrapped. */
export interface WiredAgent {
  readonly name: string;
  /** Of the process that runs now; undefined while it is not registered. */
  readonly status: SessionStatus | undefined;
  /** How often its task book was lost. */
  readonly booksLost: number;
  /** How often its process was started again. */
  readonly restarts: number;
}

/**
 * What a mutant or a directed schedule puts between the real code and its ports. It lies below the injected faults, so
 * a call that was delayed, lost or repeated there meets it like any other.
 */
export interface Wiring {
  readonly store?: (store: StateStore) => StateStore;
  /** All ports of one function instance, faults included; `role` is the function. */
  readonly deps?: (deps: Dependencies, role: string) => Dependencies;
  readonly wire?: (wire: ControlPlane, agent: WiredAgent) => ControlPlane;
  readonly disk?: (disk: AgentDisk) => AgentDisk;
  readonly runtime?: (runtime: ContainerRuntime, agent: WiredAgent) => ContainerRuntime;
  readonly fence?: (fence: FencePorts) => FencePorts;
}

/** The layers one after the other, the first of them nearest to the port. */
export function layered(layers: readonly Wiring[]): Required<Wiring> {
  return {
    store: (store) => layers.reduce((inner, { store: wrap }) => wrap?.(inner) ?? inner, store),
    deps: (deps, role) => layers.reduce((inner, { deps: wrap }) => wrap?.(inner, role) ?? inner, deps),
    wire: (wire, agent) => layers.reduce((inner, { wire: wrap }) => wrap?.(inner, agent) ?? inner, wire),
    disk: (disk) => layers.reduce((inner, { disk: wrap }) => wrap?.(inner) ?? inner, disk),
    fence: (fence) => layers.reduce((inner, { fence: wrap }) => wrap?.(inner) ?? inner, fence),
    runtime: (runtime, agent) => layers.reduce((inner, { runtime: wrap }) => wrap?.(inner, agent) ?? inner, runtime),
  };
}
