import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ContainerSpec } from '../port.ts';

/** Where one process keeps what must outlive the agent. */
export interface ProcessPaths {
  readonly directory: string;
  readonly spec: string;
  /** Made by the wrapper before it does anything else: from then on the process counts as started. */
  readonly launched: string;
  /** The wrapper's own line of /proc/<pid>/stat: pid and start time. */
  readonly pid: string;
  readonly exit: string;
  readonly log: string;
}

export function pathsOf(root: string, name: string): ProcessPaths {
  const directory = join(root, name);
  const at = (file: string): string => join(directory, file);
  return {
    directory,
    spec: at('spec.json'),
    launched: at('launched'),
    pid: at('pid'),
    exit: at('exit'),
    log: at('output.log'),
  };
}

/** Keeps what stands there when the name is taken. */
export async function writeSpec(paths: ProcessPaths, spec: ContainerSpec): Promise<void> {
  await mkdir(paths.directory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(paths.spec, JSON.stringify(spec), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Undefined when there is no such process, or its creation was cut short. */
export async function readSpec(paths: ProcessPaths): Promise<ContainerSpec | undefined> {
  const text = await textOf(paths.spec);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ContainerSpec;
  } catch {
    return undefined; // A half-written specification never started anything.
  }
}

/** None when nothing was ever created, or the whole directory is gone. */
export async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Takes the files out of reach of everybody who knows their place, in one step; the name is free from then on. */
export async function buryFiles({ directory }: ProcessPaths): Promise<ProcessPaths> {
  const buried = pathsOf(dirname(directory), `.removed-${basename(directory)}`);
  await removeFiles(buried);
  await rename(directory, buried.directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return buried;
}

export const removeFiles = (paths: ProcessPaths): Promise<void> =>
  rm(paths.directory, { recursive: true, force: true });

export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
