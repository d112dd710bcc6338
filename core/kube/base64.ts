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
