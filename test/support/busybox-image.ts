import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';

export const BUSYBOX_IMAGE = 'berth-test/busybox:1';
const BUSYBOX = '/bin/busybox';

/**
 * Builds the image of the container tests from the machine's own static busybox, so that no registry is needed.
 * Answers why it cannot, when it cannot.
 */
export async function busyboxImage(docker: Docker): Promise<string | undefined> {
  if (await hasImage(docker)) return undefined;
  if (!existsSync(BUSYBOX)) return 'no /bin/busybox (install busybox-static)';
  const context = mkdtempSync(join(tmpdir(), 'berth-busybox-'));
  try {
    cpSync(BUSYBOX, join(context, 'busybox'));
    writeFileSync(
      join(context, 'Dockerfile'),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "/bin"]\nENV PATH=/bin\nCMD ["/bin/sh"]\n',
    );
    execFileSync('tar', ['-cf', 'context.tar', 'busybox', 'Dockerfile'], { cwd: context });
    const progress = await docker.buildImage(join(context, 'context.tar'), { t: BUSYBOX_IMAGE });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
    });
    return (await hasImage(docker)) ? undefined : 'the engine did not build the busybox image';
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

async function hasImage(docker: Docker): Promise<boolean> {
  try {
    await docker.getImage(BUSYBOX_IMAGE).inspect();
    return true;
  } catch {
    return false; // Whatever the reason, the caller builds or says why it cannot.
  }
}
