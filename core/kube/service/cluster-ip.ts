/** Virtual addresses of services, as kubeadm's clusters have them. */
export const SERVICE_RANGE = '10.96.0.0/12';
const FIRST = toNumber([10, 96, 0, 0]);
const SIZE = 2 ** 20;
/** The lowest addresses are for services that are asked for by number, such as the API's own. */
const RESERVED = 256;

/** The service of the API itself, in the namespace `default`. */
export const API_SERVICE_IP = '10.96.0.1';

/** An address for a service, from its uid: nobody has to count which are taken, and a claim tells when two meet. */
export function clusterIpOf(uid: string): string {
  const digits = Number.parseInt(uid.replaceAll('-', '').slice(0, 8), 16);
  // The last address is the range's broadcast.
  return toText(FIRST + RESERVED + ((Number.isNaN(digits) ? 0 : digits) % (SIZE - RESERVED - 1)));
}

/** An IPv4 address as a number; undefined for any other text. */
export function addressOf(text: unknown): number | undefined {
  const [, ...parts] =
    (typeof text === 'string' ? /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text) : null) ?? [];
  const numbers = parts.map(Number);
  // A leading zero means octal to some and decimal to others.
  const isAddress = parts.length === 4 && numbers.every((part, index) => part < 256 && String(part) === parts[index]);
  return isAddress ? toNumber(numbers) : undefined;
}

export function isServiceAddress(text: unknown): boolean {
  const address = addressOf(text);
  return address !== undefined && address > FIRST && address < FIRST + SIZE - 1;
}

function toNumber(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

const toText = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
