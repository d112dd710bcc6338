import type { Chance } from './chance.ts';

const DEEP = 100_000;
const WHOLE = [
  '',
  'null',
  '[]',
  '"a"',
  '0',
  'true',
  '{}{}',
  '{',
  '\u0000',
  '\ufeff{}',
  '[1e999]',
  '{"a":-}',
  "{'a':1}",
  '['.repeat(DEEP),
  '{"a":'.repeat(DEEP),
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `{"tags":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
  `{"input":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)},"operation":"RunTask"}`,
  `{"clusterName":"${'a'.repeat(1024 * 1024)}"}`,
];
const JUNK = ['"', '\\', '\u0000', '}', '{', ',', ':', '\ud800', '\\ud800', '\\u0000', '1e400', '//', 'é'];

/** The body as text that is no longer what a JSON writer would have made of the request. */
export function mutateText(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  switch (chance.below(6)) {
    case 0:
      return chance.one(WHOLE);
    case 1:
      return text.slice(0, at);
    case 2:
      return text.slice(0, at) + chance.one(JUNK) + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(at + 1 + chance.below(5));
    case 4:
      // Every member twice: what the last one says counts.
      return text.replace(/\}$/, `${text === '{}' ? '' : ','}${text.slice(1)}`);
    default:
      return text + chance.one(JUNK);
  }
}
