import { lstat, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodRun, PodVolume, VolumeMount } from '#core/model/pod.ts';
import { type AgentLog, messageOf } from '../ports.ts';
import type { HostMount } from '../runtime/port.ts';
import { RuntimeFault } from '../runtime/runtime-fault.ts';
import { bytesBelow } from './bytes-below.ts';
import { handOver, makeEmpty } from './make-volume.ts';
import { isContested, requireTarget, segmentsOf, within } from './paths.ts';
import type { PodVolumes, VolumeUser } from './pod-volumes.ts';

export interface VolumeRoots {
  /** Directories of the agent alone: nobody else may look into what is in them. */
  readonly disk: string;
  /** On a file system in memory; absent where there is none: then volumes in memory are on disk, too. */
  readonly memory: string | undefined;
}

/** Pods, volumes and containers name directories and files; nothing but plain names may. */
const NAME = /^[A-Za-z0-9][\w.-]{0,252}$/;

/** Volumes as directories of this machine, for container engines that share its file system. */
export function directoryVolumes(roots: VolumeRoots, log: AgentLog): PodVolumes {
  const rootOf = ({ inMemory }: Pick<PodVolume, 'inMemory'>): string =>
    inMemory && roots.memory !== undefined ? roots.memory : roots.disk;
  const all = [roots.disk, ...(roots.memory === undefined ? [] : [roots.memory])];
  const directoryOf = (pod: string, volume: PodVolume): string =>
    join(rootOf(volume), plain(pod), 'volumes', plain(volume.name));
  const wordsOf = (pod: string, { container, run }: Pick<VolumeUser, 'container' | 'run'>): string =>
    join(roots.disk, plain(pod), 'words', `${plain(container)}.${run}`);

  async function mountOf(pod: string, run: PodRun, user: VolumeUser, mount: VolumeMount): Promise<HostMount> {
    const volume = run.volumes.find(({ name }) => name === mount.volume);
    if (!volume) throw unfit(`the pod has no volume '${mount.volume}'`);
    const root = directoryOf(pod, volume);
    if (!(await isThere(root))) throw unfit(`volume '${mount.volume}' is gone: the machine has lost it`);
    if (isContested(mount, user.neighbours)) {
      throw unfit(`subPath '${mount.subPath}' of volume '${mount.volume}' lies in what another container may change`);
    }
    const source = await within(root, segmentsOf(mount.subPath), !mount.readOnly);
    return { source, target: requireTarget(mount.path), readOnly: mount.readOnly };
  }

  return {
    make: async (pod, run) => {
      await removeFrom(all, pod);
      for (const root of all) await mkdir(join(root, plain(pod), 'volumes'), { recursive: true, mode: 0o700 });
      await mkdir(join(roots.disk, plain(pod), 'words'), { mode: 0o700 });
      for (const volume of run.volumes) {
        const directory = directoryOf(pod, volume);
        await makeEmpty(directory, volume);
        await handOver(directory, run.fsGroup, volume.files.length > 0);
      }
    },
    place: async (pod, run, user) => {
      const mounts: HostMount[] = [];
      for (const mount of user.mounts) mounts.push(await mountOf(pod, run, user, mount));
      const source = wordsOf(pod, user);
      await writeFile(source, '', { mode: 0o600 });
      await openToAll(source);
      const target = requireTarget(user.terminationMessagePath);
      return { mounts, lastWords: { source, target, readOnly: false } };
    },
    lastWords: async (pod, user, maxBytes) => tailOf(wordsOf(pod, user), maxBytes),
    overfull: async (pod, { volumes }) => {
      for (const volume of volumes) {
        const { name, sizeLimit } = volume;
        if (sizeLimit !== undefined && (await bytesBelow(directoryOf(pod, volume))) > sizeLimit) return name;
      }
      return undefined;
    },
    remove: async (pod) => {
      try {
        await removeFrom(all, pod);
      } catch (error) {
        // Files of other users, where the agent is not root: they are tried again when it starts the next time.
        log.warn('cannot remove what a pod has left', { pod, error: messageOf(error) });
      }
    },
    keepOnly: async (pods) => {
      for (const root of all) {
        for (const pod of await namesIn(root)) {
          if (pods.has(pod)) continue;
          await rm(join(root, pod), { recursive: true, force: true }).catch((error: unknown) =>
            log.warn('cannot remove what a pod has left', { pod, error: messageOf(error) }),
          );
        }
      }
    },
  };
}

/** Whatever user the container runs as has something to say in the end. */
async function openToAll(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.chmod(0o666);
  } finally {
    await file.close();
  }
}

async function removeFrom(roots: readonly string[], pod: string): Promise<void> {
  for (const root of roots) await rm(join(root, plain(pod)), { recursive: true, force: true });
}

async function tailOf(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, maxBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return bytesRead === 0 ? undefined : buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  const stat = await lstat(path).catch(() => undefined);
  return stat?.isDirectory() === true;
}

async function namesIn(root: string): Promise<readonly string[]> {
  return readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}

function plain(name: string): string {
  if (!NAME.test(name)) throw unfit(`'${name}' is no name`);
  return name;
}

const unfit = (message: string): RuntimeFault => new RuntimeFault('ContainerConfigurationError', message);
