import type { ContainerTermination, PodContainer } from '#core/model/pod.ts';
import type { ProbeState } from '../probe.ts';
import type { ContainerState, TaskState } from '../task-state.ts';

export type PodProbeKind = 'startup' | 'liveness' | 'readiness';

/** What the agent knows of a pod's container beyond what it knows of every container. It goes to disk with the rest. */
export interface PodContainerState {
  /** Number of the run that is, or comes next; the first is 0. Each has a name of its own (rule R10). */
  readonly run: number;
  /** Runs that started after an earlier one. Invariant: it only grows. */
  readonly restarts: number;
  /** Ends in a row of runs that did not last. */
  readonly crashes: number;
  /** Steps in a row that failed before this run could begin. */
  readonly failures: number;
  /** Nothing is tried before; epoch ms. */
  readonly retryAt?: number;
  /** Why it does not run, when there is more to say than that it is on its way. */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  /** An init container has ended well; a sidecar was up once. It never keeps the others waiting again. */
  readonly passed?: true;
  /** The postStart hook of this run has ended well. */
  readonly hooked?: true;
  /** The machine ends this run, with so many seconds of grace, and why. */
  readonly ending?: { readonly grace: number; readonly why: string };
  /** What the probes have said of this run. */
  readonly probes?: Partial<Readonly<Record<PodProbeKind, ProbeState>>>;
  /** How this run ended although the machine still has to make sure that nothing of it can start. */
  readonly failed?: ContainerTermination;
  /** How it ended for good. */
  readonly terminated?: ContainerTermination;
  /** How the run before this one ended. */
  readonly last?: ContainerTermination;
}

export const NEVER_RUN: PodContainerState = { run: 0, restarts: 0, crashes: 0, failures: 0 };

/** A container of a pod with both halves in hand. */
export interface PodMember {
  readonly name: string;
  readonly container: ContainerState;
  readonly wanted: PodContainer;
  readonly pod: PodContainerState;
}

export const memberOf = (container: ContainerState): PodMember => {
  const { definition, pod = NEVER_RUN } = container;
  if (!definition.pod) throw new Error(`${definition.name} is a container of no pod`);
  return { name: definition.name, container, wanted: definition.pod, pod };
};

export const membersOf = ({ containers }: TaskState): readonly PodMember[] => containers.map(memberOf);

/** It runs, its postStart hook has ended and its startup probe has passed. */
export const isUp = ({ container: { phase }, wanted, pod }: PodMember): boolean =>
  phase === 'running' && isHooked({ wanted, pod }) && hasStartedUp({ wanted, pod });

export const isHooked = ({ wanted, pod }: Pick<PodMember, 'wanted' | 'pod'>): boolean =>
  wanted.postStart === undefined || pod.hooked === true;

export const hasStartedUp = ({ wanted, pod }: Pick<PodMember, 'wanted' | 'pod'>): boolean =>
  wanted.startupProbe === undefined || pod.probes?.startup?.status === 'HEALTHY';

/** Whose turn it is to run: everything that stays, up to the first init container or sidecar the others wait for. */
export function inTurn(members: readonly PodMember[]): readonly PodMember[] {
  const before = members.filter(({ wanted }) => wanted.role !== 'main');
  const first = before.findIndex(({ pod }) => !pod.passed);
  const open = first < 0 ? members : before.slice(0, first + 1);
  return open.filter(({ wanted, pod }) => wanted.role !== 'init' || !pod.passed);
}
