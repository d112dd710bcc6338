import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VolumeMount } from '#core/model/pod.ts';
import { RuntimeFault } from '../runtime/runtime-fault.ts';

const MOST_SEGMENTS = 32;

/** The parts of a path inside a volume. Nothing that leads out of it, or back, is one. */
export function segmentsOf(path = ''): readonly string[] {
  const segments = path.split('/').filter((part) => part !== '' && part !== '.');
  const isOutside = path.startsWith('/') || path.includes('\0') || segments.includes('..');
  if (isOutside || segments.length > MOST_SEGMENTS) throw unfit(`'${path}' is no path inside a volume`);
  return segments;
}

/** Where a container wants to see something. */
export function requireTarget(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const isPlain = path.startsWith('/') && parts.length > 0 && !parts.includes('..') && !path.includes('\0');
  if (!isPlain) throw unfit(`'${path}' is no place for a mount`);
  return `/${parts.join('/')}`;
}

/**
 * Whether a container that may run at this moment can write above the part of a volume that this mount wants: it could put a
 * link in its way between the look at the path and the mount, and so reach any directory of the machine.
 */
export function isContested({ volume, subPath }: VolumeMount, neighbours: readonly VolumeMount[]): boolean {
  const wanted = segmentsOf(subPath);
  return neighbours.some((other) => {
    if (other.volume !== volume || other.readOnly) return false;
    const theirs = segmentsOf(other.subPath);
    return theirs.length < wanted.length && theirs.every((part, at) => part === wanted[at]);
  });
}

/** A place inside a volume, reached without following a link; directories that are missing are made if they may be. */
export async function within(root: string, segments: readonly string[], mayMake: boolean): Promise<string> {
  let place = root;
  for (const segment of segments) {
    const next = join(place, segment);
    const found = await lstat(next).catch(() => undefined);
    if (found?.isSymbolicLink()) throw unfit(`'${segments.join('/')}' of the volume is a link`);
    if (!found && !mayMake) throw unfit(`the volume has no '${segments.join('/')}'`);
    if (!found) await makeLike(next, place);
    place = next;
  }
  return place;
}

/** A directory with the rights of the one it is in; it inherits its group, when that is set. */
async function makeLike(path: string, parent: string): Promise<void> {
  await mkdir(path);
  await chmod(path, (await lstat(parent)).mode & 0o7777);
}

const unfit = (message: string): RuntimeFault => new RuntimeFault('ContainerConfigurationError', message);
