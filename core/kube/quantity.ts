/**
 * An amount as Kubernetes writes it (`resource.Quantity`: `250m`, `1.5Gi`, `2e3`), exact: in billionths of its unit, which are CPUs
 * of a CPU and bytes of memory. What is finer than a billionth counts as a whole one, as Kubernetes counts it.
 */
export type Quantity = bigint;

const NANO = 1_000_000_000n;

/** Sign, digits, fraction, and either a suffix or a decimal exponent. */
const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,3}))?$/;
const MAX_LENGTH = 64;
/** What a 64-bit integer holds; Kubernetes cuts larger amounts down to it. */
const LARGEST = (2n ** 63n - 1n) * NANO;
/** No amount has more digits than this before or after its point; a larger exponent says nothing new. */
const MAX_EXPONENT = 40;

const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** Reads a quantity, from text or from a plain number of JSON; undefined when it is none. */
export function parseQuantity(value: unknown): Quantity | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent = '0'] = QUANTITY.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const binary = BINARY.indexOf(suffix) + 1;
  const asked = DECIMAL[suffix] ?? Number(exponent);
  const power = Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, asked)) - fraction.length + 9;
  const scaled = digits * 1024n ** BigInt(binary);
  const nanos = power >= 0 ? scaled * 10n ** BigInt(power) : dividedUp(scaled, 10n ** BigInt(-power));
  const amount = nanos > LARGEST ? LARGEST : nanos;
  return sign === '-' ? -amount : amount;
}

/** Whole thousandths, rounded up: `250m` of a CPU is 250. */
export const milliOf = (quantity: Quantity): number => Number(dividedUp(quantity, 1_000_000n));

/** Whole MiB of so many bytes, rounded up. */
export const mebibytesOf = (quantity: Quantity): number => Number(dividedUp(quantity, NANO * 1024n * 1024n));

/** Rounds towards the larger amount. */
const dividedUp = (amount: bigint, by: bigint): bigint => (amount > 0n ? (amount + by - 1n) / by : amount / by);
