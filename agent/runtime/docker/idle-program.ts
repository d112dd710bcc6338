/**
 * A program that does nothing until it is killed, for the container that holds a pod's network: the whole ELF file, so that
 * no registry has to have it. It asks the kernel to wait (pause, or ppoll for nothing) and does so again whenever a signal
 * wakes it.
 */
export function idleProgram(architecture: string): Buffer | undefined {
  const machine = MACHINES[architecture];
  return machine && elf(machine.id, Buffer.from(machine.code, 'hex'));
}

const MACHINES: Readonly<Record<string, { readonly id: number; readonly code: string }>> = {
  // mov eax, 34 (pause); syscall; jmp back
  amd64: { id: 62, code: 'b8220000000f05ebf7' },
  // mov x8, 73 (ppoll); mov x0..x4, 0; svc 0; b back
  arm64: { id: 183, code: '280980d2000080d2010080d2020080d2030080d2040080d2010000d4f9ffff17' },
};

const BASE = 0x400000n;
const HEADER = 64;
const PROGRAM_HEADER = 56;

/** A 64-bit little-endian executable of one readable and executable segment that begins with the file itself. */
function elf(machine: number, code: Buffer): Buffer {
  const start = HEADER + PROGRAM_HEADER;
  const size = BigInt(start + code.length);
  const head = Buffer.alloc(start);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(2, 16); // an executable at a fixed address
  head.writeUInt16LE(machine, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BASE + BigInt(start), 24); // where it begins to run
  head.writeBigUInt64LE(BigInt(HEADER), 32); // where its program header is
  head.writeUInt16LE(HEADER, 52);
  head.writeUInt16LE(PROGRAM_HEADER, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(1, HEADER); // to be loaded
  head.writeUInt32LE(5, HEADER + 4); // to be read and run
  head.writeBigUInt64LE(BASE, HEADER + 16);
  head.writeBigUInt64LE(BASE, HEADER + 24);
  head.writeBigUInt64LE(size, HEADER + 32);
  head.writeBigUInt64LE(size, HEADER + 40);
  head.writeBigUInt64LE(0x1000n, HEADER + 48);
  return Buffer.concat([head, code]);
}
