import { parseArgs } from 'node:util';
import { type KubeFuzzReport, runKubeFuzz } from './run-kube-fuzz.ts';

const USAGE = `npm run fuzz:kube -- [--requests N] [--seed S]

Sends N (20,000) requests, most of them spoilt, to the Kubernetes face: every kind, verb and content type, in memory.
Exit code: 0 no answer of 5xx and nothing written by a rejected request, 1 otherwise, 2 wrong usage.
`;
const SHOWN_FINDINGS = 40;

function reportText({ requests, ms, byStatus, accepted, slowest, heapBytes, findings }: KubeFuzzReport): string {
  const statuses = [...byStatus].sort(([a], [b]) => a - b).map(([status, times]) => `${times} x ${status}`);
  return [
    ...findings
      .slice(0, SHOWN_FINDINGS)
      .map(
        (it) => `${it.request} (world ${it.world}) ${it.what}\n  ${it.body}\n  ${it.answer}\n  ${causeOf(it.cause)}`,
      ),
    `${requests} requests, ${accepted.size} resources with accepted ones: ${statuses.join(', ')}`,
    `${Math.round((requests / ms) * 1_000)} requests/s; the most expensive took ${Math.round(slowest.cpuMs)} ms of CPU: ${slowest.request}`,
    `the heap held ${Math.round(heapBytes / 1024 ** 2)} MB at most`,
    `${findings.length} findings`,
  ].join('\n');
}

function causeOf(cause: unknown): string {
  const inner = typeof cause === 'object' && cause !== null && 'cause' in cause && cause.cause ? cause.cause : cause;
  return inner instanceof Error ? (inner.stack ?? inner.message) : String(inner ?? '');
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { requests: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [requests, seed] = [values.requests ?? '20000', values.seed ?? '1'].map(Number);
  const isWhole = (value: number | undefined): value is number => Number.isInteger(value) && Number(value) >= 0;
  if (values.help || !isWhole(requests) || !isWhole(seed)) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const report = await runKubeFuzz({
    requests,
    seed,
    onProgress: (sent) => void process.stderr.write(`\r${sent} of ${requests}`),
  });
  process.stderr.write('\n');
  process.stdout.write(`${reportText(report)}\n`);
  return report.findings.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
