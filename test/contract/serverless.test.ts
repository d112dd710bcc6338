import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readServiceFile } from '#local/read-service-file.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const service = readServiceFile(ROOT);
const events = service.functions.flatMap((spec) => spec.events);

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

describe('serverless.yml', () => {
  it.each(service.functions)('$name, its module exports a handler and a way to wire it', async ({ module }) => {
    const file = path.join(ROOT, `${module}.ts`);
    expect(existsSync(file)).toBe(true);
    const exported: Record<string, unknown> = await import(pathToFileURL(file).href);
    expect(typeof exported['handler']).toBe('function');
    expect(typeof exported['createHandler']).toBe('function');
  });

  it('every queue that feeds a function has a dead-letter queue that exists', () => {
    const queues = events.flatMap((event) => (event.kind === 'queue' ? [event.queue] : []));
    expect(queues.length).toBeGreaterThan(0);
    for (const queue of queues) {
      const policy = service.resources[queue]?.Properties?.['RedrivePolicy'] as
        | { readonly deadLetterTargetArn: { readonly 'Fn::GetAtt': readonly string[] } }
        | undefined;
      const target = policy?.deadLetterTargetArn['Fn::GetAtt'][0] ?? '';
      expect(service.resources[target]?.Type, `${queue}'s dead-letter queue`).toBe('AWS::SQS::Queue');
    }
  });

  it('every stream and queue source reports partial failures, and what a stream gives up is kept', () => {
    for (const event of events) {
      if (event.kind === 'queue' || event.kind === 'stream') expect(event.reportFailures).toBe(true);
      if (event.kind === 'stream') expect(service.resources[event.onFailure ?? '']?.Type).toBe('AWS::SQS::Queue');
    }
  });

  it('a queue hides a message for longer than its function may run', () => {
    for (const { events: sources, timeoutMs } of service.functions) {
      for (const source of sources) {
        if (source.kind !== 'queue') continue;
        const visibility = Number(service.resources[source.queue]?.Properties?.['VisibilityTimeout']);
        expect(visibility * 1_000, source.queue).toBeGreaterThanOrEqual(timeoutMs);
      }
    }
  });

  it('an agent waits on a route that needs its authorizer and no function', () => {
    expect(service.channelRoutes).toMatchObject([{ route: 'GET /agent/v1/channel', authorizer: 'agentAuthorizer' }]);
  });
});

describe('serverless package', () => {
  const output = mkdtempSync(path.join(tmpdir(), 'berth-package-'));
  let template: Template;

  beforeAll(async () => {
    await run(
      process.execPath,
      [
        path.join(ROOT, 'node_modules/serverless/bin/serverless.js'),
        'package',
        '--stage',
        'sandbox',
        '--package',
        output,
      ],
      { cwd: ROOT, env: { PATH: process.env['PATH'], HOME: output, SLS_TELEMETRY_DISABLED: '1' } },
    );
    const text = readFileSync(path.join(output, 'cloudformation-template-update-stack.json'), 'utf8');
    template = JSON.parse(text) as Template;
  }, 120_000);

  afterAll(() => rmSync(output, { recursive: true, force: true }));

  it('each function has an artifact with one bundle that node can import', { timeout: 60_000 }, async () => {
    for (const { name, module } of service.functions) {
      const entries = unzip(readFileSync(path.join(output, `${name}.zip`)));
      expect([...entries.keys()].sort()).toEqual([`${module}.mjs`, `${module}.mjs.map`]);
      const file = path.join(output, `${path.basename(module)}.mjs`);
      writeFileSync(file, entries.get(`${module}.mjs`) ?? '');
      // A process of its own: the test runner would transform the bundle on its way in.
      const script = `console.log(typeof (await import(${JSON.stringify(pathToFileURL(file).href)})).handler)`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: output });
      expect(stdout.trim(), name).toBe('function');
    }
  });

  it('each function has a role of its own, and no role has a wildcard action or an unscoped resource', () => {
    const resources = Object.entries(template.Resources);
    const roles = resources.filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    for (const [name, { Properties }] of roles) {
      const policies = Properties['Policies'] as readonly { PolicyDocument: { Statement: readonly Statement[] } }[];
      for (const { Action, Resource } of policies.flatMap((policy) => policy.PolicyDocument.Statement)) {
        expect([Action].flat().join(), name).not.toContain('*');
        expect([Resource].flat(), name).not.toContain('*');
      }
    }
    const functions = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    const used = functions.map(([, { Properties }]) => JSON.stringify(Properties['Role']));
    expect(new Set(used).size).toBe(service.functions.length);
  });

  it('the addresses of heartbeats and of the Kubernetes API let anybody in, and agents are told theirs when they register', () => {
    const resources = Object.entries(template.Resources);
    const actions = resources.flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Permission' && Properties['Principal'] === '*' ? [Properties['Action']] : [],
    );
    const both = ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'];
    expect(actions.sort()).toEqual(both.flatMap((action) => [action, action]));
    const { Environment } = template.Resources['AgentApiLambdaFunction']?.Properties ?? {};
    expect(Environment).toMatchObject({
      Variables: { BERTH_HEARTBEAT_URL: { 'Fn::GetAtt': ['AgentHeartbeatLambdaFunctionUrl', 'FunctionUrl'] } },
    });
    expect(template.Resources['AgentHeartbeatLambdaFunctionUrl']?.Type).toBe('AWS::Lambda::Url');
    expect(template.Resources['KubeApiLambdaFunctionUrl']?.Properties).toMatchObject({ InvokeMode: 'RESPONSE_STREAM' });
  });

  it('the API answers GET /events, and the events of single tasks are recorded only where a deployment asks for it', () => {
    const all = Object.values(template.Resources);
    const routes = all.flatMap(({ Type, Properties }) =>
      Type === 'AWS::ApiGatewayV2::Route' ? [String(Properties['RouteKey'])] : [],
    );
    expect(routes).toContain('GET /events');
    const mappings = all.filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
    const recording = mappings.filter(({ Properties }) => JSON.stringify(Properties).includes('EventRecorder'));
    expect(recording.map(({ Properties }) => Properties['Enabled'])).toEqual([false]);
  });

  it('nothing is left behind in the working tree', () => {
    expect(readdirSync(ROOT)).not.toContain('.esbuild');
  });
});

/** Reads a zip's central directory; enough for artifacts, which are neither encrypted nor split. */
function unzip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const entries = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    entries.set(name, zip.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}
