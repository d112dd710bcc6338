import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { Certificates } from './certificates.ts';

const KEY_BITS = 2048;
const DAY_MS = 86_400_000;
const LIFETIME_MS = 10 * 365 * DAY_MS;
/** As GeneralName of RFC 5280 numbers them. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** An authority, and a certificate for this machine's own addresses that it signed. */
export async function makeCertificates(now: number): Promise<Certificates> {
  const [authorityKeys, serverKeys] = await Promise.all([makeKeys(), makeKeys()]);
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

async function makeKeys(): Promise<{ readonly public: string; readonly private: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { public: publicKey, private: privateKey };
}
