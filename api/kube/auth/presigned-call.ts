/** A signed call of STS GetCallerIdentity, as a token carries it. Nothing of it is proven yet. */
export interface PresignedCall {
  readonly protocol: string;
  readonly host: string;
  readonly accessKeyId: string;
  readonly region: string;
  readonly signedAt: Date;
  readonly expiresSeconds: number;
  /** 64 lower-case hex digits. */
  readonly signature: string;
}

const PREFIX = 'k8s-aws-v1.';
const LIFETIME_MS = 15 * 60_000;
const CLOCK_WINDOW_MS = 5 * 60_000;
const MAX_EXPIRES_SECONDS = 900;

/** What the query must say, no more and no less; the pattern of each value. */
const QUERY: ReadonlyMap<string, RegExp> = new Map([
  ['Action', /^GetCallerIdentity$/],
  ['Version', /^2011-06-15$/],
  ['X-Amz-Algorithm', /^AWS4-HMAC-SHA256$/],
  ['X-Amz-Credential', /^([\w-]{1,128})\/(\d{8})\/([\w-]{1,64})\/sts\/aws4_request$/],
  ['X-Amz-Date', /^\d{8}T\d{6}Z$/],
  ['X-Amz-Expires', /^\d{1,4}$/],
  ['X-Amz-SignedHeaders', /^host;x-k8s-aws-id$/],
  ['X-Amz-Signature', /^[0-9a-f]{64}$/],
]);

export interface TokenBounds {
  readonly now: number;
  readonly region: string;
  /** Beside the hosts of STS. */
  readonly hosts: readonly string[];
}

/** Reads a token of `aws eks get-token`; undefined for whatever is none, is for another host or region, or is too old. */
export function readPresignedCall(token: string, { now, region, hosts }: TokenBounds): PresignedCall | undefined {
  if (!token.startsWith(PREFIX)) return undefined;
  const text = Buffer.from(token.slice(PREFIX.length), 'base64url').toString();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The signature is over the host as it is written, so it must be written as it is read.
  if (!url || !isPlain(url) || !text.startsWith(`${url.origin}/?`)) return undefined;
  const members = membersOf(url);
  const [, accessKeyId = '', date = '', scope = ''] =
    QUERY.get('X-Amz-Credential')?.exec(members?.get('X-Amz-Credential') ?? '') ?? [];
  const signedAt = readDate(members?.get('X-Amz-Date') ?? '');
  const expiresSeconds = Number(members?.get('X-Amz-Expires'));
  const isSts = url.protocol === 'https:' && stsHosts(scope).includes(url.host);
  const isHere =
    (isSts && (scope === region || url.host === GLOBAL_HOST)) || (scope === region && hosts.includes(url.host));
  const isCurrent =
    signedAt !== undefined && signedAt.getTime() > now - LIFETIME_MS && signedAt.getTime() < now + CLOCK_WINDOW_MS;
  if (!members || !isHere || !isCurrent) return undefined;
  if (!members.get('X-Amz-Date')?.startsWith(date) || expiresSeconds > MAX_EXPIRES_SECONDS) return undefined;
  const signature = members.get('X-Amz-Signature') ?? '';
  return { protocol: url.protocol, host: url.host, accessKeyId, region: scope, signedAt, expiresSeconds, signature };
}

/** The one for all regions, which signs for us-east-1. */
const GLOBAL_HOST = 'sts.amazonaws.com';

const stsHosts = (region: string): readonly string[] => [
  ...(region === 'us-east-1' ? [GLOBAL_HOST] : []),
  `sts.${region}.amazonaws.com`,
  `sts.${region}.amazonaws.com.cn`,
];

const isPlain = ({ pathname, username, password, hash }: URL): boolean =>
  pathname === '/' && username === '' && password === '' && hash === '';

/** Every member once and as it must be; a name given twice could be read one way here and another way elsewhere. */
function membersOf({ searchParams }: URL): ReadonlyMap<string, string> | undefined {
  const members = new Map(searchParams);
  const isExact =
    searchParams.size === QUERY.size && [...QUERY].every(([name, pattern]) => pattern.test(members.get(name) ?? ''));
  return isExact ? members : undefined;
}

function readDate(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
