import { basename, dirname } from 'node:path';
import { taskProcesses } from '#test/support/chaos-processes.ts';
import { engineContainers, killContainer, removeContainer } from './world/engine.ts';

/** One container of the run as the engine or the kernel has it. */
export interface RealContainer {
  /** `<task>.<epoch>.<container>` on one machine. */
  readonly name: string;
  readonly taskId: string;
  readonly epoch: number;
  /** Tells this very start from any other of the same name. */
  readonly identity: string;
  readonly isRunning: boolean;
  /** Where it is; undefined when its labels name an instance nobody knows. */
  readonly machine: string | undefined;
}

/** What really runs, from neither agent nor control plane. */
export interface Reality {
  look(machineOf: (instanceId: string) => string | undefined): Promise<readonly RealContainer[]>;
  /** kill -9, behind the agent's back; `remove` takes the container away, too. */
  kill(container: RealContainer, remove: boolean): Promise<void>;
}

/** All of one run's containers of the one engine that its machines share. */
export const engineReality = (containerName: string): Reality => ({
  look: async (machineOf) =>
    (await engineContainers(containerName)).map(({ id, name, labels, isRunning }) => ({
      name,
      taskId: labels['berth.task'] ?? '',
      epoch: Number(labels['berth.epoch']),
      identity: id,
      isRunning,
      machine: machineOf(labels['berth.agent'] ?? ''),
    })),
  kill: ({ identity }, remove) => (remove ? removeContainer(identity) : killContainer(identity)),
});

/** The supervised processes below each machine's directory, `<root>/machines/<machine>/state/processes/<name>`. */
export const processReality = (root: string): Reality => ({
  look: async () =>
    taskProcesses(root).map(({ taskId, epoch, pid, startTime, directory }) => ({
      name: basename(directory),
      taskId,
      epoch,
      identity: `${pid}/${startTime}`,
      isRunning: true,
      machine: basename(dirname(dirname(dirname(directory)))),
    })),
  kill: async ({ identity }) => {
    try {
      process.kill(-Number.parseInt(identity, 10), 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  },
});
