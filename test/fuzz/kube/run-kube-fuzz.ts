import type { KubeAnswer } from '#api/kube/kube-request.ts';
import { resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';
import { Chance } from '../chance.ts';
import { type DrawnKubeRequest, drawKubeRequest } from './draw-kube-request.ts';
import { manifestOf } from './objects.ts';

export interface KubeFuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly onProgress?: (sent: number) => void;
}

/** One promise a request has broken. */
export interface KubeFinding {
  readonly what: string;
  readonly world: string;
  readonly request: string;
  readonly body: string;
  readonly answer: string;
  readonly cause?: unknown;
}

export interface KubeFuzzReport {
  readonly requests: number;
  readonly ms: number;
  readonly byStatus: ReadonlyMap<number, number>;
  /** How many requests of each resource were taken. */
  readonly accepted: ReadonlyMap<string, number>;
  /** CPU time of the most expensive request. */
  readonly slowest: { readonly cpuMs: number; readonly request: string };
  /** Most bytes the heap held after a world. */
  readonly heapBytes: number;
  readonly findings: readonly KubeFinding[];
}

const PER_WORLD = 250;
const PER_ROUND = 50;
const SHOWN = 500;
const SEEDS_APART = 1_000_003;
/** No request may keep a process busy for longer; a whole body of a megabyte is read in a part of it. */
const MAX_CPU_MS = 5_000;
const MAX_HEAP_BYTES = 1024 ** 3;
/** A watch goes on for minutes: so many of its lines are looked at. */
const MAX_LINES = 20;

/** Sends drawn requests to the Kubernetes face and looks at each answer and at what was written. */
export async function runKubeFuzz({ requests, seed, onProgress }: KubeFuzzOptions): Promise<KubeFuzzReport> {
  const byStatus = new Map<number, number>();
  const accepted = new Map<string, number>();
  const findings: KubeFinding[] = [];
  let slowest: KubeFuzzReport['slowest'] = { cpuMs: 0, request: '' };
  let ms = 0;
  let heapBytes = 0;
  for (let sent = 0; sent < requests; ) {
    const name = `${seed}/${sent}`;
    const chance = new Chance(seed * SEEDS_APART + sent);
    const errors: unknown[] = [];
    const kube = await openWorld(errors);
    for (let turn = 0; turn < PER_WORLD && sent < requests; turn += 1, sent += 1) {
      const drawn = drawKubeRequest(chance);
      const before = kube.world.store.feed.latest();
      const [begin, cpu] = [performance.now(), process.cpuUsage()];
      const { status, text } = await send(kube, drawn, errors);
      const spent = process.cpuUsage(cpu);
      ms += performance.now() - begin;
      const cpuMs = (spent.user + spent.system) / 1_000;
      const request = `${drawn.method} ${drawn.path.slice(0, 200)}?${drawn.query.slice(0, 200)} (${drawn.how})`;
      if (cpuMs > slowest.cpuMs) slowest = { cpuMs, request };
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      if (status < 300) accepted.set(drawn.resource, (accepted.get(drawn.resource) ?? 0) + 1);
      const written = kube.world.store.feed.latest() - before;
      const found = complaints({ status, text, written, cpuMs, isDryRun: drawn.query.includes('dryRun=All') });
      const shown = {
        world: name,
        request,
        body: String(drawn.body).slice(0, SHOWN),
        answer: `${status} ${text.slice(0, SHOWN)}`,
      };
      const cause = errors.pop();
      findings.push(...found.map((what) => ({ what, ...shown, ...(cause === undefined ? {} : { cause }) })));
      if (turn % PER_ROUND === PER_ROUND - 1) {
        const failed = await workedOff(kube);
        if (failed !== undefined)
          findings.push({ what: 'it or one before it left work that fails', ...shown, cause: failed });
      }
    }
    heapBytes = Math.max(heapBytes, process.memoryUsage().heapUsed);
    onProgress?.(sent);
  }
  return { requests, ms, byStatus, accepted, slowest, heapBytes, findings };
}

/** A world with an object of each kind in it, so that there is something to change. */
async function openWorld(errors: unknown[]): Promise<KubeWorld> {
  const quiet = () => {};
  const log = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (_text: string, fields?: object) => void errors.push(fields),
  };
  const kube = await kubeWorld({ log });
  await kube.send('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
  for (const resource of RESOURCES.filter(({ verbs, review }) => verbs.includes('create') && !review)) {
    const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
    const within = resource.isNamespaced ? '/namespaces/default' : '';
    const path = `${root}/${resource.version}${within}/${resource.plural}`;
    const { status, body } = await kube.send('POST', path, manifestOf(resource, 'one', 'default'));
    if (status !== 201) throw new Error(`${resourceName(resource)}: the whole manifest is refused: ${body.message}`);
  }
  await kube.world.settle();
  return kube;
}

async function send(
  kube: KubeWorld,
  drawn: DrawnKubeRequest,
  errors: unknown[],
): Promise<{ readonly status: number; readonly text: string }> {
  const url = drawn.query === '' ? drawn.path : `${drawn.path}?${drawn.query}`;
  const body = typeof drawn.body === 'string' ? new TextEncoder().encode(drawn.body) : drawn.body;
  const gone = new AbortController();
  const answer = await kube.serve(drawn.method, url, body, drawn.headers, gone.signal);
  try {
    return { status: answer.status, text: await textOf(answer, gone) };
  } catch (error) {
    // An answer that breaks while it goes on is as bad as one of 5xx.
    errors.push(error);
    return { status: 599, text: '' };
  }
}

async function textOf({ body }: KubeAnswer, gone: AbortController): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return '{}';
  let lines = 0;
  for await (const line of body) {
    JSON.parse(line);
    lines += 1;
    if (lines === MAX_LINES) gone.abort();
  }
  return '{}';
}

interface Observed {
  readonly status: number;
  readonly text: string;
  readonly written: number;
  readonly cpuMs: number;
  readonly isDryRun: boolean;
}

function complaints({ status, text, written, cpuMs, isDryRun }: Observed): readonly string[] {
  const found: string[] = [];
  const isTaken = status >= 200 && status < 300;
  if (!isTaken && (status < 400 || status > 499)) found.push(`answered ${status}`);
  if (!isTaken && written > 0) found.push(`was rejected and wrote ${written} items`);
  if (isDryRun && written > 0) found.push(`was a dry run and wrote ${written} items`);
  if (!isTaken && !isStatus(text)) found.push('was rejected without a Status');
  if (!isTaken && /\n\s+at |\.ts:\d/.test(text)) found.push('told of the inside');
  if (!isTaken && text.length > 100_000) found.push('was rejected at great length');
  if (cpuMs > MAX_CPU_MS) found.push(`took ${Math.round(cpuMs)} ms of CPU`);
  if (process.memoryUsage().heapUsed > MAX_HEAP_BYTES) found.push('left more than 1 GB on the heap');
  if (Object.keys(Object.prototype).length > 0) found.push('changed the prototype of all objects');
  return found;
}

function isStatus(text: string): boolean {
  try {
    const { kind, reason, message, code } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return kind === 'Status' && typeof reason === 'string' && typeof message === 'string' && typeof code === 'number';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** What was accepted must be something the workers can live with. */
async function workedOff(kube: KubeWorld): Promise<unknown> {
  try {
    await kube.world.settle();
    kube.world.advance(1_000);
    await kube.world.settle();
    return undefined;
  } catch (error) {
    return error;
  }
}
