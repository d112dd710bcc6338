import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CommandError } from './errors.ts';

/** What would start pods again goes before the pods. */
const WORKLOADS = [
  ['/apis/apps/v1', 'deployments'],
  ['/apis/apps/v1', 'replicasets'],
  ['/apis/batch/v1', 'jobs'],
  ['/api/v1', 'pods'],
] as const;

const kubeconfig = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.base64() }) })]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

const names = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

interface Door {
  readonly server: string;
  readonly authority: Buffer;
  readonly token: string;
}

/** Deletes the workloads of the cluster that a stack's kubeconfig opens; a namespace that only shows tasks of ECS has none. */
export async function emptyKubernetes(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'kubeconfig');
  if (!existsSync(file)) return;
  const door = readDoor(file);
  const { items } = names.parse(JSON.parse(await ask(door, 'GET', '/api/v1/namespaces')));
  for (const [root, plural] of WORKLOADS) {
    for (const { metadata } of items) {
      await ask(door, 'DELETE', `${root}/namespaces/${encodeURIComponent(metadata.name)}/${plural}`);
    }
  }
}

function readDoor(file: string): Door {
  const read = kubeconfig.safeParse(parse(readFileSync(file, 'utf8')));
  if (!read.success) throw new CommandError(`${file} is not the kubeconfig a stack writes; start the stack again`);
  const [{ cluster }] = read.data.clusters;
  const [{ user }] = read.data.users;
  const authority = Buffer.from(cluster['certificate-authority-data'], 'base64');
  return { server: cluster.server, authority, token: user.token };
}

const LIMIT_MS = 15_000;
/** Forbidden: the namespace can only be read. Gone meanwhile is as good as deleted. */
const EXPECTED: ReadonlySet<number> = new Set([200, 202, 403, 404]);

const ask = ({ server, authority, token }: Door, method: string, where: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request(
      new URL(where, server),
      { method, ca: authority, headers: { authorization: `Bearer ${token}` }, timeout: LIMIT_MS },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          const status = answer.statusCode ?? 0;
          if (EXPECTED.has(status)) resolve(text);
          else reject(new CommandError(`${method} ${server}${where} answered ${status}: ${text.slice(0, 300)}`));
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new CommandError(`${server} did not answer within ${LIMIT_MS / 1_000} s`)));
    sent.on('error', reject);
    sent.end();
  });
