import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';

/** An agent's Ed25519 key pair. */
export interface AgentKey {
  /** base64url of the 32 raw bytes. */
  readonly publicKey: string;
  readonly signingKey: CryptoKey;
  /** What goes to disk. */
  readonly jwk: Readonly<Record<string, string>>;
}

export async function newAgentKey(): Promise<AgentKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return keyFrom(await exportJWK(privateKey));
}

/** Reads a key back; throws when the text is not an Ed25519 private key. */
export const agentKeyFromJwk = (jwk: AgentKey['jwk']): Promise<AgentKey> => keyFrom(jwk);

async function keyFrom(jwk: Awaited<ReturnType<typeof exportJWK>>): Promise<AgentKey> {
  const { kty, crv, x, d } = jwk;
  if (kty !== 'OKP' || crv !== 'Ed25519' || !x || !d) throw new Error('not an Ed25519 private key');
  const signingKey = await importJWK({ kty, crv, x, d }, 'EdDSA');
  if (signingKey instanceof Uint8Array) throw new Error('not an Ed25519 private key');
  return { publicKey: x, signingKey, jwk: { kty, crv, x, d } };
}
