import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ProcessIdentity, signal } from '#adapters/agent-processes/process-identity.ts';
import type { AgentIdentity } from '#agent/state/agent-disk.ts';
import { readCheckedFile } from '#agent/state/checked-file.ts';
import { tryCommand } from '#cli/demo/run-command.ts';

/**
 * Ends every agent, process and container that a stack left behind, then removes its data directory.
 * Invariant: only what this directory names is touched, so stacks of other tests go on undisturbed.
 */
export async function removeLeftovers(dataDir: string): Promise<void> {
  const agents = path.join(dataDir, 'agents');
  const machines = (await namesIn(agents)).map((name) => path.join(agents, name));
  // Agents first: a living one would start again what is taken from it.
  for (const machine of machines) await killAgent(path.join(machine, 'machine.json'));
  for (const machine of machines) {
    await killProcesses(path.join(machine, 'state', 'processes'));
    await removeContainers(path.join(machine, 'state', 'identity.json'));
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

async function killAgent(record: string): Promise<void> {
  const text = await textOf(record);
  if (text !== undefined) signal((JSON.parse(text) as { readonly agent: ProcessIdentity }).agent, 'SIGKILL');
}

/** The process runtime keeps the wrapper's /proc/<pid>/stat; the wrapper leads its own process group. */
async function killProcesses(root: string): Promise<void> {
  for (const name of await namesIn(root)) {
    const recorded = await textOf(path.join(root, name, 'pid'));
    const pid = Number.parseInt(recorded ?? '', 10);
    if (pid > 1 && startTime(recorded) === startTime(await textOf(`/proc/${pid}/stat`))) process.kill(-pid, 'SIGKILL');
  }
}

/** A number given out again belongs to somebody else, which its start time tells. */
const startTime = (stat: string | undefined): string | undefined =>
  stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];

async function removeContainers(identityPath: string): Promise<void> {
  const identity = (await readCheckedFile(identityPath)) as AgentIdentity | undefined;
  for (const instanceId of identity ? [identity.instanceId, ...identity.formerIds] : []) {
    const filter = `label=berth.agent=${instanceId}`;
    const listed = await tryCommand('docker', ['ps', '--all', '--quiet', '--filter', filter], 10_000);
    const containers = (listed ?? '').split('\n').filter((id) => id !== '');
    if (containers.length > 0) await tryCommand('docker', ['rm', '--force', '--volumes', ...containers], 30_000);
  }
}

const namesIn = (directory: string): Promise<readonly string[]> => readdir(directory).catch(missing([]));
const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(missing(undefined));

const missing =
  <T>(instead: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ESRCH') return instead;
    throw error;
  };
