import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { tryCommand } from './run-command.ts';

const BUSYBOX_PATHS = ['/bin/busybox', '/usr/bin/busybox'];
const IMAGE = 'berth-demo/busybox:1';

/**
 * An image made of this machine's own static busybox, so that the demonstration needs no registry.
 * Undefined when there is no engine, no busybox, or what came out does not start.
 */
export async function buildDemoImage(workDir: string): Promise<string | undefined> {
  const busybox = BUSYBOX_PATHS.find((candidate) => existsSync(candidate));
  if (busybox === undefined) return undefined;
  if ((await tryCommand('docker', ['version', '--format', '{{.Server.Version}}'], 5_000)) === undefined)
    return undefined;
  const root = path.join(workDir, 'image');
  const archive = path.join(workDir, 'image.tar');
  await mkdir(path.join(root, 'bin'), { recursive: true });
  await copyFile(busybox, path.join(root, 'bin', 'busybox'));
  for (const applet of ['sh', 'sleep', 'true']) await symlink('busybox', path.join(root, 'bin', applet));
  const packed = await tryCommand('tar', ['-C', root, '-cf', archive, '.'], 10_000);
  const imported = packed === undefined ? undefined : await tryCommand('docker', ['import', archive, IMAGE], 20_000);
  await rm(root, { recursive: true });
  if (imported === undefined) return undefined;
  // A busybox that needs a C library starts nothing in an empty image, and only a start can tell.
  const trial = ['run', '--rm', '--network', 'none', IMAGE, '/bin/true'];
  if ((await tryCommand('docker', trial, 15_000)) !== undefined) return IMAGE;
  await removeDemoImage();
  return undefined;
}

export const removeDemoImage = (): Promise<string | undefined> => tryCommand('docker', ['rmi', IMAGE], 10_000);
