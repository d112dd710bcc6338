import type { OpenCommand, OutputChunk, RunningCommand } from '../port.ts';

const KILLED = 137;

/**
 * A command that is only imagined: `echo` writes its words, `cat` gives back what it is given, anything else ends as the
 * machine says; `undefined` means never by itself.
 */
export function simulatedCommand({ command }: OpenCommand, exitCode: number | undefined): RunningCommand {
  const [program, ...words] = command;
  const chunks: Uint8Array[] = [];
  const over = Promise.withResolvers<number>();
  let isOver = false;
  let wake = (): void => {};
  const end = (code: number): void => {
    isOver = true;
    over.resolve(code);
    wake();
  };
  const put = (data: Uint8Array): void => {
    chunks.push(data);
    wake();
  };
  async function* output(): AsyncGenerator<OutputChunk> {
    for (;;) {
      const data = chunks.shift();
      if (data) yield { stream: 'stdout', data };
      else if (isOver) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  if (program === 'echo') put(new TextEncoder().encode(`${words.join(' ')}\n`));
  if (program !== 'cat' && exitCode !== undefined) end(exitCode);
  return {
    output: output(),
    write: async (data) => {
      if (program === 'cat' && !isOver) put(data);
    },
    endInput: () => {
      if (program === 'cat') end(0);
    },
    resize: async () => {},
    kill: async () => end(KILLED),
    exitCode: () => over.promise,
  };
}
