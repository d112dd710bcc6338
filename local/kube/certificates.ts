import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import forge from 'node-forge';

/** What the Kubernetes face is served with, and what its clients trust. PEM. */
export interface Certificates {
  readonly authority: string;
  readonly key: string;
  readonly cert: string;
}

const KEY_BITS = 2048;
const DAY_MS = 86_400_000;
const LIFETIME_MS = 10 * 365 * DAY_MS;
/** As GeneralName of RFC 5280 numbers them. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

const FILES: Readonly<Record<keyof Certificates, string>> = {
  authority: 'kube-ca.pem',
  key: 'kube-server-key.pem',
  cert: 'kube-server.pem',
};

/**
 * The certificate of this machine's Kubernetes face, made at the first start together with an authority of its own.
 * The authority's key is never written: it signs this one certificate, so nobody can sign another one with it later.
 */
export function loadCertificates(dataDir: string, now: number): Certificates {
  const at = (name: keyof Certificates): string => path.join(dataDir, FILES[name]);
  const names = Object.keys(FILES) as (keyof Certificates)[];
  if (names.every((name) => existsSync(at(name)))) {
    const [authority = '', key = '', cert = ''] = names.map((name) => readFileSync(at(name), 'utf8'));
    return { authority, key, cert };
  }
  const made = makeCertificates(now);
  for (const name of names) writeFileSync(at(name), made[name], { mode: 0o600 });
  return made;
}

function makeCertificates(now: number): Certificates {
  const authorityKeys = makeKeys();
  const serverKeys = makeKeys();
  const issuer = [{ name: 'commonName', value: 'berth-local-ca' }];
  const authority = draft(now, authorityKeys.public, issuer, issuer);
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const server = draft(now, serverKeys.public, [{ name: 'commonName', value: 'berth-kube-api' }], issuer);
  server.setExtensions([
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: DNS_NAME, value: 'localhost' },
        { type: IP_ADDRESS, ip: '127.0.0.1' },
      ],
    },
  ]);
  const signingKey = forge.pki.privateKeyFromPem(authorityKeys.private);
  for (const certificate of [authority, server]) certificate.sign(signingKey, forge.md.sha256.create());
  return {
    authority: forge.pki.certificateToPem(authority),
    key: serverKeys.private,
    cert: forge.pki.certificateToPem(server),
  };
}

function draft(
  now: number,
  publicKey: string,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // A number with its highest bit set would count as negative, and one that begins with zeros is refused as padded.
  certificate.serialNumber = `01${randomBytes(16).toString('hex')}`;
  // Clocks of clients may be a little behind.
  certificate.validity.notBefore = new Date(now - DAY_MS);
  certificate.validity.notAfter = new Date(now + LIFETIME_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  return certificate;
}

function makeKeys(): { readonly public: string; readonly private: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { public: publicKey, private: privateKey };
}
