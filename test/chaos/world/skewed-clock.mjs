// Loaded with --import before a program: its wall clock is off by what CHAOS_CLOCK_FILE says, in ms, and jumps when the
// file changes. The monotonic clock stays true, as it does when a real machine's clock is set.
import { readFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK_FILE;
const trueNow = Date.now;
let offset = 0;

globalThis.Date = class extends Date {
  constructor(...given) {
    if (given.length === 0) super(trueNow() + offset);
    else super(...given);
  }

  static now() {
    return trueNow() + offset;
  }
};

function look() {
  const read = Number(readFileSync(file, 'utf8'));
  if (Number.isFinite(read)) offset = read;
}

if (file) {
  look();
  setInterval(look, 50).unref();
}
