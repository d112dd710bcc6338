/** Letters and digits that make no words, as Kubernetes draws its names from. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A text of five of those letters for a number of at least 24 bits, given in hexadecimal digits. */
export function nameSuffix(hex: string): string {
  let rest = Number.parseInt(hex.slice(0, 12), 16);
  let text = '';
  for (let digit = 0; digit < 5; digit += 1) {
    text += ALPHABET.charAt(rest % ALPHABET.length);
    rest = Math.floor(rest / ALPHABET.length);
  }
  return text;
}

/** Names are cut so that five letters follow and the whole is a label. */
const MAX_BASE = 58;

/** What the names of a controller's pods begin with. */
export const nameBase = (owner: string): string => `${owner}-`.slice(0, MAX_BASE);

/** Digits written in those letters, one for one. */
export const safeText = (text: string): string =>
  [...text].map((letter) => ALPHABET.charAt((letter.codePointAt(0) ?? 0) % ALPHABET.length)).join('');
