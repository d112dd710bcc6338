import { asProcessIdentity, type ProcessIdentity } from '../process-stat.ts';
import type { ContainerInfo } from '../runtime/port.ts';

/** Until when the fenced containers of some owners may run; what the agent tells the watchdog. */
export interface Deadline {
  /** Which boot of the machine `at` belongs to. */
  readonly boot: string;
  /** Milliseconds on the clock that all processes of the machine share and that counts suspend. */
  readonly at: number;
  /** The ids under which the agent's containers may be labelled. */
  readonly owners: readonly string[];
  /** The process that wrote it. */
  readonly agent: ProcessIdentity;
}

/** Rule R6: no readable deadline, and one of an earlier boot, are deadlines that have passed. */
export const isPast = (deadline: Pick<Deadline, 'boot' | 'at'> | undefined, boot: string, now: number): boolean =>
  !deadline || deadline.boot !== boot || deadline.at <= now;

export interface Condemned {
  readonly kill: readonly string[];
  /** Created and not running: an agent that stood still may be about to start them. */
  readonly remove: readonly string[];
}

/** Which of an agent's containers must go once its deadline has passed. Those that have ended harm nobody. */
export function condemned(containers: readonly ContainerInfo[]): Condemned {
  const fenced = containers.filter(({ labels }) => labels.fenced);
  const named = (state: ContainerInfo['state']): readonly string[] =>
    fenced.filter((info) => info.state === state).map(({ name }) => name);
  return { kill: named('running'), remove: named('created') };
}

/** Reads a deadline out of a file's content; undefined when it is none. */
export function asDeadline(value: unknown): Deadline | undefined {
  const { boot, at, owners, agent } = (value ?? {}) as Partial<Deadline>;
  const process = asProcessIdentity(agent);
  if (typeof boot !== 'string' || typeof at !== 'number' || !Array.isArray(owners) || !process) return undefined;
  return { boot, at, owners: owners.filter((owner) => typeof owner === 'string'), agent: process };
}
