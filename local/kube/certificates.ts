import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the Kubernetes face is served with, and what its clients trust. PEM. */
export interface Certificates {
  readonly authority: string;
  readonly key: string;
  readonly cert: string;
}

const FILES: Readonly<Record<keyof Certificates, string>> = {
  authority: 'kube-ca.pem',
  key: 'kube-server-key.pem',
  cert: 'kube-server.pem',
};

/**
 * The certificate of this machine's Kubernetes face, made at the first start together with an authority of its own.
 * The authority's key is never written: it signs this one certificate, so nobody can sign another one with it later.
 */
export async function loadCertificates(dataDir: string, now: number): Promise<Certificates> {
  const at = (name: keyof Certificates): string => path.join(dataDir, FILES[name]);
  const names = Object.keys(FILES) as (keyof Certificates)[];
  if (names.every((name) => existsSync(at(name)))) {
    const [authority = '', key = '', cert = ''] = names.map((name) => readFileSync(at(name), 'utf8'));
    return { authority, key, cert };
  }
  // Read only where it is needed: making certificates takes a large library and a second of work.
  const { makeCertificates } = await import('./make-certificates.ts');
  const made = await makeCertificates(now);
  for (const name of names) writeFileSync(at(name), made[name], { mode: 0o600 });
  return made;
}
