import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitCommand } from '#core/session/split-command.ts';

test.each([
  ['ls', ['ls']],
  ['  ls   -l\t/\n', ['ls', '-l', '/']],
  [`sh -c 'echo "$HOME"'`, ['sh', '-c', 'echo "$HOME"']],
  ['sh -c "echo \\"a b\\" \\$HOME \\n"', ['sh', '-c', 'echo "a b" $HOME \\n']],
  ["a'b c'd", ['ab cd']],
  ['a\\ b', ['a b']],
  ["''", ['']],
  ["'\\'", ['\\']],
  ['', []],
])('split command, %j, is its words', (text, words) => {
  expect(splitCommand(text)).toEqual(words);
});

test.each(["'open", '"open', 'ends\\', '"ends\\'])('split command, %j, is not whole', (text) => {
  expect(splitCommand(text)).toBeUndefined();
});

test('split command, words quoted as the command line quotes them, are those words', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(splitCommand(words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '))).toEqual(words);
    }),
  );
});

test('split command, 100 KB of anything, is read in no time', () => {
  const startedAt = performance.now();
  for (const text of ['\\'.repeat(100_000), '"\\'.repeat(50_000), "a' ".repeat(33_000), ' '.repeat(100_000)])
    splitCommand(text);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
