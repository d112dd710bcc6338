const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of the UTF-8 bytes of a text (RFC 4648), with padding. */
export function base64OfText(text: string): string {
  // A lone half of a surrogate pair has no UTF-8 form; it becomes the replacement character, as encoders do.
  const bytes = encodeURIComponent(text.toWellFormed()).match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  const codes = bytes.map((byte) => (byte.length === 1 ? byte.charCodeAt(0) : Number.parseInt(byte.slice(1), 16)));
  return base64OfBytes(codes);
}

/** Base64 of bytes (RFC 4648), with padding. */
export function base64OfBytes(codes: ArrayLike<number>): string {
  let encoded = '';
  for (let at = 0; at < codes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [codes[at], codes[at + 1], codes[at + 2]];
    const bits = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => DIGITS.charAt((bits >> shift) & 63));
    const length = Math.min(codes.length - at, 3) + 1;
    encoded += digits.slice(0, length).join('').padEnd(4, '=');
  }
  return encoded;
}

/** The text that base64 says in UTF-8; a byte that fits nowhere becomes the replacement character. */
export function textOfBase64(encoded: string): string {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const digit of encoded) {
    const value = DIGITS.indexOf(digit);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  return decodeUtf8(bytes);
}

const REPLACEMENT = '\uFFFD';

function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const length =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    const escaped = bytes.slice(at, at + Math.max(length, 1)).map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
    const character = length === 0 ? undefined : decoded(escaped.join(''));
    text += character ?? REPLACEMENT;
    at += character === undefined ? 1 : length;
  }
  return text;
}

function decoded(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
