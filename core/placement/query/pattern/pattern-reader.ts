import { refuseAt } from '../complain.ts';

/** Reads a pattern character by character and knows where in the query it stands. */
export class PatternReader {
  readonly #characters: readonly string[];
  readonly #base: number;
  #at = 0;

  constructor(source: string, base: number) {
    this.#characters = [...source];
    this.#base = base;
  }

  /** Empty at the end. */
  peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? '';
  }

  next(): string {
    const character = this.peek();
    this.#at += 1;
    return character;
  }

  take(text: string): boolean {
    if (![...text].every((character, ahead) => this.peek(ahead) === character)) return false;
    this.#at += text.length;
    return true;
  }

  get isOver(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** Refuses what Java knows and Berth does not. */
  unsupported(construct: string): never {
    return this.refuse(`regular expressions here have no ${construct}`);
  }

  refuse(message: string): never {
    return refuseAt(this.#base + this.#at, message);
  }
}
