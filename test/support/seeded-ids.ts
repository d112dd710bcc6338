import { createHash } from 'node:crypto';
import { deriveId, fingerprint } from '#adapters/ids.ts';
import type { Ids } from '#control/ports.ts';

const DRAW_DIGITS = 13;

/** Ids that repeat exactly for the same seed: draw n is a hash of the seed and n. */
export function seededIds(seed: string | number): Ids {
  let drawn = 0;
  const draw = (): string => createHash('sha256').update(`${seed}/${drawn++}`).digest('hex');
  const random = (): number => Number.parseInt(draw().slice(0, DRAW_DIGITS), 16) / 16 ** DRAW_DIGITS;

  const hex = (length: number): string => {
    let text = '';
    while (text.length < length) text += draw();
    return text.slice(0, length);
  };

  return {
    uuid: () => {
      const text = hex(30);
      const cut = (from: number, to: number): string => text.slice(from, to);
      return `${cut(0, 8)}-${cut(8, 12)}-4${cut(12, 15)}-8${cut(15, 18)}-${cut(18, 30)}`;
    },
    hex,
    digits: (length) => Array.from({ length }, () => Math.floor(random() * 10)).join(''),
    derive: deriveId,
    fingerprint,
    random,
  };
}
