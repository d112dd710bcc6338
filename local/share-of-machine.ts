import { availableParallelism, totalmem } from 'node:os';
import type { Resources } from '#core/model/resources.ts';

/** What stays with this machine's own programs. */
const LEFT_ALONE = 0.25;
const MIB = 1024 * 1024;

/** A fair part of this machine for one of `agents` agents: CPU units and MiB. */
export function shareOfMachine(agents: number): Resources {
  const parts = Math.max(agents, 1);
  return {
    // CPU time is shared by the system anyway; memory is not, so only of that a part is kept back.
    cpu: Math.max(128, Math.floor((availableParallelism() * 1024) / parts)),
    memory: Math.max(128, Math.floor((totalmem() * (1 - LEFT_ALONE)) / MIB / parts)),
  };
}
