import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';

export interface KubeconfigFacts {
  readonly endpoint: string;
  readonly authority: string;
  readonly cluster: string;
  readonly token: string;
}

/** Writes the file that kubectl reads to reach this stack, for its owner alone. Returns its path. */
export function writeKubeconfig(dataDir: string, { endpoint, authority, cluster, token }: KubeconfigFacts): string {
  const file = path.join(dataDir, 'kubeconfig');
  const name = `berth-${cluster}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: endpoint, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  };
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}
