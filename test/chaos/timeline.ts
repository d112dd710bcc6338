/** Tells what happens, one line per event, with the seconds since the beginning; and keeps every line. */
export class Timeline {
  readonly #began = performance.now();
  readonly #print: (line: string) => void;
  readonly lines: string[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  readonly tell = (what: string): void => {
    const at = ((performance.now() - this.#began) / 1_000).toFixed(2).padStart(8);
    const line = `${at}  ${what}`;
    this.lines.push(line);
    this.#print(line);
  };
}
