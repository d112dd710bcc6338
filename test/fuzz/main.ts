import { parseArgs } from 'node:util';
import { type FuzzReport, runFuzz } from './run-fuzz.ts';

const USAGE = `npm run fuzz -- [--requests N] [--seed S]

Sends N (20,000) requests, most of them spoilt, to the function behind the ECS route: every operation, in memory.
Exit code: 0 no answer of 5xx and nothing written by a rejected request, 1 otherwise, 2 wrong usage.
`;

function reportText({ requests, ms, byStatus, accepted, slowest, findings }: FuzzReport): string {
  const statuses = [...byStatus].sort(([a], [b]) => a - b).map(([status, times]) => `${times} x ${status}`);
  const never = [...accepted].filter(([, times]) => times === 0).map(([operation]) => operation);
  return [
    ...findings.map(
      (it) =>
        `${it.operation} (${it.how}, world ${it.world}) ${it.what}\n  ${it.body}\n  ${it.answer}\n  ${stackOf(it.cause)}`,
    ),
    `${requests} requests over ${accepted.size} operations: ${statuses.join(', ')}`,
    `${Math.round((requests / ms) * 1_000)} requests/s; the slowest took ${Math.round(slowest.ms)} ms (${slowest.operation}, ${slowest.how})`,
    ...(never.length > 0 ? [`never accepted: ${never.join(', ')}`] : []),
    `${findings.length} findings`,
  ].join('\n');
}

const stackOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? '');

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
  const report = await runFuzz({
    requests,
    seed,
    onProgress: (sent) => void process.stderr.write(`\r${sent} of ${requests}`),
  });
  process.stderr.write('\n');
  process.stdout.write(`${reportText(report)}\n`);
  return report.findings.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
