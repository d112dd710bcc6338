import { chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PodVolume } from '#core/model/pod.ts';
import { segmentsOf } from './paths.ts';

/** Any user of any container may write into an empty volume; what a volume holds is read only. */
const OPEN = 0o777;
const CLOSED = 0o755;
/** To the kernel: leave it. */
const SAME_OWNER = -1;

/** Makes the directory of a volume with what it holds. Nobody else has it yet, so that nothing in it can be a trap. */
export async function makeEmpty(directory: string, { files }: PodVolume): Promise<void> {
  await mkdir(directory);
  await chmod(directory, files.length > 0 ? CLOSED : OPEN);
  for (const { path, content, mode } of files) {
    const place = join(directory, ...segmentsOf(path));
    await mkdir(dirname(place), { recursive: true, mode: CLOSED });
    await writeFile(place, Buffer.from(content, 'base64'), { flag: 'wx', mode: 0o600 });
    await chmod(place, mode & 0o777);
  }
}

/** Gives a volume to the pod's group, as Kubernetes does: new files inherit it, and it may read what is there. */
export async function handOver(directory: string, group: number | undefined, holdsFiles: boolean): Promise<void> {
  if (group === undefined) return;
  await chown(directory, SAME_OWNER, group);
  await chmod(directory, (holdsFiles ? CLOSED : OPEN) | 0o2070);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    await chown(path, SAME_OWNER, group);
    if (entry.isDirectory()) await chmod(path, CLOSED | 0o2070);
    else await addGroupRead(path);
  }
}

async function addGroupRead(path: string): Promise<void> {
  await chmod(path, ((await stat(path)).mode & 0o777) | 0o440);
}
