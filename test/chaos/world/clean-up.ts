import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { tryCommand } from '#cli/demo/run-command.ts';
import { processesUnder } from '#test/support/chaos-processes.ts';
import { engineContainers, removeContainer } from './engine.ts';
import { deviceName, namespaceName } from './network.ts';

/** Everything by which one run can be told from all others on this machine. */
export interface RunIdentity {
  /** A few hex digits. */
  readonly id: string;
  /** Directory of every process's state; it is on each one's command line. */
  readonly root: string;
  /** Name of every container definition of this run. */
  readonly container: string;
  readonly machines: number;
  readonly hasNamespaces: boolean;
  readonly hasEngine: boolean;
}

const ROUNDS = 50;
/** Ends of the words by which the parts of Berth are known, in the order in which they are to end. */
const PARTS = ['cli/main.ts', 'watchdog/main.ts', 'berth-process'] as const;

/** What of a run is still there, in words; empty when nothing is. */
export async function leftovers({
  id,
  root,
  container,
  machines,
  hasNamespaces,
  hasEngine,
}: RunIdentity): Promise<readonly string[]> {
  const processes = ownProcesses(root).map(({ pid, words }) => `process ${pid}: ${words.join(' ').slice(0, 200)}`);
  const containers = hasEngine ? await engineContainers(container) : [];
  const namespaces = hasNamespaces ? ((await tryCommand('ip', ['netns', 'list'], 5_000)) ?? '') : '';
  const indexes = Array.from({ length: machines }, (_, index) => index);
  return [
    ...processes,
    ...containers.map(({ name }) => `container ${name}`),
    ...indexes.map((index) => namespaceName(id, index)).filter((name) => namespaces.includes(name)),
  ];
}

/** Ends and removes everything of a run. Doing it again does no harm. */
export async function cleanUp(run: RunIdentity): Promise<void> {
  // Agents and control plane first: they would start again what is taken from them.
  for (const part of PARTS) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = ownProcesses(run.root).filter(({ words }) => words.some((word) => word.endsWith(part)));
      if (found.length === 0) break;
      // The command of a task is in the group that its supervisor leads.
      for (const { pid } of found)
        for (const target of part === 'berth-process' ? [-pid, pid] : [pid]) killIfThere(target);
      await pause(20);
    }
  }
  if (run.hasEngine) for (const { id } of await engineContainers(run.container)) await removeContainer(id);
  if (!run.hasNamespaces) return;
  for (let index = 0; index < run.machines; index += 1) {
    // A namespace takes its end of the cable with it, and the other end goes too.
    await tryCommand('ip', ['netns', 'del', namespaceName(run.id, index)], 5_000);
    await tryCommand('ip', ['link', 'del', deviceName(run.id, index)], 5_000);
  }
}

export const removeRun = ({ root }: RunIdentity): Promise<void> =>
  rm(root, { recursive: true, force: true, maxRetries: 5 });

/** Parts of Berth and its tasks that this run started; not whoever reads its logs. */
const ownProcesses = (root: string): ReturnType<typeof processesUnder> =>
  processesUnder(root).filter(({ words }) => words.some((word) => PARTS.some((part) => word.endsWith(part))));

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
