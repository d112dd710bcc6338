import { complain } from './complain.ts';

const SYMBOLS = ['&&', '||', '==', '!=', '>=', '<=', '=~', '!~', '!', '>', '<', '(', ')', '[', ']', ','] as const;
export type SymbolText = (typeof SYMBOLS)[number];

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number; readonly isQuoted: boolean }
  | { readonly kind: 'symbol'; readonly text: SymbolText; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const isSpace = (character: string): boolean => ' \t\r\n'.includes(character);
/** What ends a word that is not quoted. */
const isSpecial = (character: string): boolean => isSpace(character) || `()[],'"=!<>~&|`.includes(character);

/**
 * Cuts a query into tokens, one at a time, never looking at a character more than a few times.
 * An argument that holds spaces or any of the characters above stands in single or double quotes; there are no escapes.
 */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #peeked: Token | undefined;
  /** Characters looked at so far: what the work of lexing is measured by. */
  steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  next(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    return token;
  }

  /** True, and the symbol is taken, when it stands next. */
  takeSymbol(...texts: readonly SymbolText[]): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || !texts.includes(token.text)) return false;
    this.next();
    return true;
  }

  /** True, and the word is taken, when it stands next without quotes. */
  takeWord(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'word' || token.isQuoted || token.text !== text) return false;
    this.next();
    return true;
  }

  /**
   * The argument of =~ and !~: other than a word it may hold brackets, a single | and the like. Without quotes it ends
   * at a space, a parenthesis, && or ||.
   */
  pattern(): Token {
    this.#at = this.#peeked?.at ?? this.#at;
    this.#peeked = undefined;
    this.#skipSpace();
    const first = this.#character();
    if (first === "'" || first === '"') return this.#quoted(first);
    const at = this.#at;
    while (!this.#endsPattern()) this.#at += 1;
    return this.#cut(at);
  }

  #endsPattern(): boolean {
    const character = this.#character();
    if (character === '' || isSpace(character) || character === '(' || character === ')') return true;
    return (character === '&' || character === '|') && this.#text[this.#at + 1] === character;
  }

  #read(): Token {
    this.#skipSpace();
    const at = this.#at;
    const first = this.#character();
    if (first === '') return { kind: 'end', text: '', at };
    if (first === "'" || first === '"') return this.#quoted(first);
    const symbol = SYMBOLS.find((text) => this.#text.startsWith(text, at));
    if (symbol) {
      this.#at += symbol.length;
      return { kind: 'symbol', text: symbol, at };
    }
    while (this.#character() !== '' && !isSpecial(this.#character())) this.#at += 1;
    if (this.#at === at) complain(at, 'a word or an operator', first);
    return this.#cut(at);
  }

  #cut(at: number): Token {
    if (this.#at === at) return { kind: 'end', text: '', at };
    return { kind: 'word', text: this.#text.slice(at, this.#at), at, isQuoted: false };
  }

  #quoted(quote: string): Token {
    const at = this.#at;
    const end = this.#text.indexOf(quote, at + 1);
    if (end < 0) complain(this.#text.length, `the closing ${quote} of the text at character ${at + 1}`, '');
    this.steps += end - at;
    this.#at = end + 1;
    return { kind: 'word', text: this.#text.slice(at + 1, end), at, isQuoted: true };
  }

  #skipSpace(): void {
    while (this.#character() !== '' && isSpace(this.#character())) this.#at += 1;
  }

  #character(): string {
    this.steps += 1;
    return this.#text[this.#at] ?? '';
  }
}
