import { WireError } from '../wire-error.ts';

/** `Authorization: AWS4-HMAC-SHA256 Credential=.../date/region/service/aws4_request, SignedHeaders=..., Signature=...` */
export interface Authorization {
  readonly accessKeyId: string;
  /** yyyymmdd */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: ReadonlySet<string>;
  /** 64 lower-case hex digits. */
  readonly signature: string;
}

const MAX_LENGTH = 4096;
const PATTERN =
  /^AWS4-HMAC-SHA256 +Credential=([\w-]{1,128})\/(\d{8})\/([\w-]{1,64})\/([\w-]{1,64})\/aws4_request, *SignedHeaders=([a-z0-9;._-]{1,2048}), *Signature=([0-9a-f]{64})$/;

/** Throws MissingAuthenticationToken or IncompleteSignature. */
export function parseAuthorization(header: string | undefined): Authorization {
  if (!header) throw new WireError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  const match = header.length > MAX_LENGTH ? null : PATTERN.exec(header);
  const [, accessKeyId, date, region, service, signedHeaders, signature] = match ?? [];
  if (!accessKeyId || !date || !region || !service || !signedHeaders || !signature) {
    throw new WireError(
      'IncompleteSignatureException',
      'Authorization header must be an AWS4-HMAC-SHA256 Credential, SignedHeaders and Signature.',
      403,
    );
  }
  return { accessKeyId, date, region, service, signedHeaders: new Set(signedHeaders.split(';')), signature };
}
