/**
 * A command line as its words, as the agent of AWS splits it: blanks separate, quotes and backslashes keep together, and
 * nothing is expanded. Undefined when a quote is not closed, or nothing follows the last backslash. Linear in its length.
 */
export function splitCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") {
      at += 1;
      if (at === text.length) return undefined;
      word = (word ?? '') + escaped(text.charAt(at), quote);
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (!/\s/.test(character)) {
      word = (word ?? '') + character;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

/** Within double quotes a backslash means itself, but before what would otherwise end or escape something. */
const escaped = (character: string, quote: string | undefined): string =>
  quote === '"' && !/["\\$`]/.test(character) ? `\\${character}` : character;
