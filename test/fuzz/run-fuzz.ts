import { OPERATIONS } from '#api/ecs/operations.ts';
import { Chance } from './chance.ts';
import { type DrawnRequest, drawRequest, goldenRequests } from './draw-request.ts';
import { type FuzzAnswer, type FuzzWorld, openFuzzWorld } from './fuzz-world.ts';

export const FUZZED_OPERATIONS: readonly string[] = [
  ...OPERATIONS.keys(),
  'Berth.Explain',
  'Berth.Logs',
  'Berth.MatchProfiles',
  'Berth.Plan',
];

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly onProgress?: (sent: number) => void;
}

/** One promise a request has broken. */
export interface Finding {
  readonly what: string;
  readonly world: string;
  readonly operation: string;
  readonly how: string;
  readonly body: string;
  readonly answer: string;
  readonly cause?: unknown;
}

export interface FuzzReport {
  readonly requests: number;
  readonly ms: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly accepted: ReadonlyMap<string, number>;
  readonly slowest: { readonly ms: number; readonly operation: string; readonly how: string };
  readonly findings: readonly Finding[];
}

/** Requests one world is sent before the next one opens: what was accepted may leave little to aim at. */
const PER_WORLD = 250;
/** Requests between two rounds of the workers and the agents. */
const PER_ROUND = 25;
const SHOWN = 600;
/** More than one run sends, so that no two runs draw alike. */
const SEEDS_APART = 1_000_003;

/** Sends drawn requests, every operation in turn, and looks at each answer and at what was written. */
export async function runFuzz({ requests, seed, onProgress }: FuzzOptions): Promise<FuzzReport> {
  const golden = goldenRequests();
  const byStatus = new Map<number, number>();
  const accepted = new Map(FUZZED_OPERATIONS.map((operation) => [operation, 0]));
  const findings: Finding[] = [];
  let slowest: FuzzReport['slowest'] = { ms: 0, operation: '', how: '' };
  let spentMs = 0;
  for (let sent = 0; sent < requests; ) {
    const name = `${seed}/${sent}`;
    const chance = new Chance(seed * SEEDS_APART + sent);
    const world = await openFuzzWorld(name);
    for (let turn = 0; turn < PER_WORLD && sent < requests; turn += 1, sent += 1) {
      const drawn = await drawRequest(operationAt(sent, chance), world, golden, chance);
      const before = world.written();
      const begin = performance.now();
      const answer = await world.send(drawn.request);
      const ms = performance.now() - begin;
      spentMs += ms;
      if (ms > slowest.ms) slowest = { ms, operation: drawn.operation, how: drawn.how };
      count(byStatus, answer.status);
      if (answer.status === 200) count(accepted, drawn.operation);
      findings.push(...complaints(answer, world.written() - before).map((what) => finding(what, name, drawn, answer)));
      if (turn % PER_ROUND === PER_ROUND - 1) findings.push(...(await workedOff(world, name, drawn)));
    }
    onProgress?.(sent);
  }
  return { requests, ms: spentMs, byStatus, accepted, slowest, findings };
}

/** Each operation gets its share, in an order that differs from world to world. */
const operationAt = (sent: number, chance: Chance): string =>
  sent % 2 === 0 ? (FUZZED_OPERATIONS[(sent / 2) % FUZZED_OPERATIONS.length] ?? '') : chance.one(FUZZED_OPERATIONS);

const count = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

function complaints({ status, body }: FuzzAnswer, written: number): readonly string[] {
  const found: string[] = [];
  if (status !== 200 && (status < 400 || status > 499)) found.push(`answered ${status}`);
  if (status !== 200 && written > 0) found.push(`was rejected and wrote ${written} items`);
  const parsed = asObject(body);
  if (!parsed) found.push('answered no JSON object');
  else if (status !== 200 && !isError(parsed)) found.push('was rejected without an error type and a message');
  if (status !== 200 && /\n\s+at |\.ts:\d/.test(body)) found.push('told of the inside');
  if (body.length > 100_000 && status !== 200) found.push('was rejected at great length');
  if (Object.keys(Object.prototype).length > 0) found.push('changed the prototype of all objects');
  return found;
}

function asObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isError = ({ __type, message }: Readonly<Record<string, unknown>>): boolean =>
  /^[A-Za-z]+Exception$/.test(String(__type)) && typeof message === 'string' && message.length > 0;

/** What was accepted must be something the workers can live with. */
async function workedOff(world: FuzzWorld, name: string, drawn: DrawnRequest): Promise<readonly Finding[]> {
  try {
    await world.work();
    return [];
  } catch (error) {
    return [finding('or one before it left work that fails', name, drawn, { status: 0, body: '', cause: error })];
  }
}

const finding = (
  what: string,
  world: string,
  { operation, how, request }: DrawnRequest,
  answer: FuzzAnswer,
): Finding => ({
  what,
  world,
  operation,
  how,
  body: request.body.slice(0, SHOWN),
  answer: `${answer.status} ${answer.body.slice(0, SHOWN)}`,
  ...(answer.cause === undefined ? {} : { cause: answer.cause }),
});
