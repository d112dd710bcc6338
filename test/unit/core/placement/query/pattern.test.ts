import { describe, expect, it } from 'vitest';
import { isMatch } from '#core/placement/query/pattern/match-pattern.ts';
import { parsePattern } from '#core/placement/query/pattern/parse-pattern.ts';
import { selects } from './facts.ts';

const matches = (source: string, text: string): boolean => isMatch(parsePattern(source, 0), text);

describe('pattern', () => {
  it.each([
    ['t2.*', 't2.small', true],
    ['t2.*', 'xt2.small', false],
    ['t2', 't2.small', false],
    ['^t2.*$', 't2.small', true],
    ['', '', true],
    ['(c|m)5\\.(large|xlarge)', 'm5.xlarge', true],
    ['(c|m)5\\.(large|xlarge)', 'm5xxlarge', false],
    ['(?:a|b|)c', 'c', true],
    ['[cm][4-6]\\..+', 'c5.large', true],
    ['[cm][4-6]\\..+', 'c7.large', false],
    ['[^a-c]', 'd', true],
    ['[^a-c]', 'b', false],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['[\\D]', 'x', true],
    ['[\\D]', '7', false],
    ['\\d{2,3}', '7', false],
    ['\\d{2,3}', '777', true],
    ['\\d{2,3}', '7777', false],
    ['a{2}', 'aa', true],
    ['a{2,}', 'aaaa', true],
    ['a{2,}', 'a', false],
    ['\\w+?\\s\\S', 'ab_ 9', true],
    ['(?i)Us-East-.*', 'us-EAST-1a', true],
    ['(?i)[a-c]x', 'BX', true],
    ['us-.*', 'US-1', false],
    ['a.c', 'a\nc', false],
    ['a.c', 'a😀c', true],
    ['a\\.c', 'abc', false],
    ['(a*)*b', 'aaab', true],
    ['(a|a?)+', 'aaaa', true],
  ])('%s on %o: %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it.each([
    ['(a)\\1', 'back references'],
    ['a(?=b)', 'lookahead'],
    ['a(?!b)', 'negative lookahead'],
    ['(?<=a)b', 'lookbehind'],
    ['(?<!a)b', 'negative lookbehind'],
    ['(?<n>a)', 'named groups'],
    ['(?>a)', 'atomic groups'],
    ['a*+', 'possessive quantifiers'],
    ['\\p{Lu}', 'Unicode classes'],
    ['a\\b', 'boundaries other than ^ and $'],
    ['\\Qa\\E', 'quotation'],
    ['\\x41', 'characters by number or name'],
    ['\\h', 'classes other than'],
    ['[a[b]]', 'unions of character classes'],
    ['[a&&b]', 'intersections of character classes'],
    ['(?s)a', 'flags other than (?i) in front'],
    ['a(?i)b', 'flags other than (?i) in front'],
    ['*a', 'nothing stands before the quantifier *'],
    ['a**', 'a quantifier follows a quantifier'],
    ['a{', 'a quantifier in braces needs a number'],
    ['a{1', 'a quantifier in braces is'],
    ['a{3,2}', 'out of order'],
    ['a{251}', 'repeats more than 250 times'],
    ['(a', 'an open parenthesis'],
    ['a)', 'a closing parenthesis too many'],
    ['[a', 'an open bracket'],
    ['[b-a]', 'not in order'],
    ['[\\d-x]', 'not in order'],
    ['a\\', 'ends with a backslash'],
    [`${'('.repeat(11)}a${')'.repeat(11)}`, 'more than 10 deep'],
    ['((a{100}){100}){100}', 'too large'],
    ['((((((){200}){200}){200}){200}){200})', 'too large'],
  ])('%s: refused by name, %s', (source, message) => {
    expect(() => parsePattern(source, 0)).toThrow(message);
  });

  it('inside a query: without quotes it ends at a space or a parenthesis, and faults say where it stands', () => {
    expect(selects('(attribute:a =~ [cm]5|t2.*) or attribute:a == x', { attributes: { a: 't2.nano' } })).toBe(true);
    expect(selects("attribute:a =~ '(c|m)5'&&agentConnected == true", { attributes: { a: 'm5' } })).toBe(true);
    expect(() => selects("attribute:a =~ 'ab(?=c)'")).toThrow('have no lookahead (character 22)');
  });
});
