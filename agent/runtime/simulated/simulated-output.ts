import type { LogsWanted, OutputChunk } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';

/** Characters kept of one container's output; the oldest go first. */
const KEPT = 64 * 1024;

/** What a simulated container wrote. */
export class SimulatedOutput {
  #text = '';
  /** Characters that came before what is kept. */
  #dropped = 0;
  readonly #news = new Set<() => void>();

  print(text: string): void {
    const whole = this.#text + text;
    this.#dropped += Math.max(0, whole.length - KEPT);
    this.#text = whole.slice(-KEPT);
    this.notify();
  }

  /** Something happened that whoever follows has to look at. */
  notify(): void {
    for (const wake of [...this.#news]) wake();
  }

  /** Goes on while `isRunning`, when it is followed. */
  async *read(wanted: LogsWanted, signal: AbortSignal, isRunning: () => boolean): AsyncGenerator<OutputChunk> {
    if (wanted.timestamps || wanted.since !== undefined) {
      throw new RuntimeFault(
        'CannotInspectContainerError',
        'the simulated runtime does not know when a line was written',
      );
    }
    let at = this.#dropped + (wanted.tail === undefined ? 0 : tailStart(this.#text, wanted.tail));
    while (!signal.aborted) {
      const text = this.#text.slice(Math.max(0, at - this.#dropped));
      at = this.#dropped + this.#text.length;
      if (text !== '') yield { stream: 'stdout', data: new TextEncoder().encode(text) };
      else if (!wanted.follow || !isRunning()) return;
      else await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#news.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#news.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

function tailStart(text: string, lines: number): number {
  if (lines === 0) return text.length;
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let left = lines; left > 0 && at >= 0; left -= 1) at = text.lastIndexOf('\n', at - 1);
  return at < 0 ? 0 : at + 1;
}
