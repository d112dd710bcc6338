const BLOCK = 512;

export interface TarFile {
  /** At most 99 bytes. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** An archive of plain files that belong to root, as an engine takes it. */
export const tarOf = (files: readonly TarFile[]): Buffer =>
  Buffer.concat([...files.flatMap((file) => [header(file), padded(file.content)]), Buffer.alloc(2 * BLOCK)]);

function header({ path, mode, content }: TarFile): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0, 'utf8');
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(content.length, 11), 124);
  block.write(octal(0, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
