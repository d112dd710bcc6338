import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * JSON behind a checksum line, replaced atomically: a reader sees the old text or the new one, or notices damage.
 * Undefined when the file is missing, cut or altered.
 */
export async function readCheckedFile(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  return end > 0 && text.slice(0, end) === checksum(body) ? (JSON.parse(body) as unknown) : undefined;
}

/** Durable when it resolves: the file and its directory entry are flushed. Readable by the owner only. */
export async function writeCheckedFile(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  await flushed(await open(temporary, 'w', 0o600), (file) => file.writeFile(withChecksum(value)));
  await rename(temporary, path);
  await flushed(await open(dirname(path), 'r'), async () => undefined);
}

/** Visible to every process when it resolves, and not flushed: for what a loss of power makes void anyway. */
export async function replaceCheckedFile(path: string, value: unknown): Promise<void> {
  // Two processes may replace one file; they must not write into each other's.
  const temporary = `${path}.${process.pid}.new`;
  await writeFile(temporary, withChecksum(value), { mode: 0o600 });
  await rename(temporary, path);
}

function withChecksum(value: unknown): string {
  const body = JSON.stringify(value);
  return `${checksum(body)}\n${body}`;
}

const checksum = (body: string): string => createHash('sha256').update(body).digest('hex');

async function flushed(file: FileHandle, change: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await change(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
