import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { queueSettings } from '#local/queue-settings.ts';
import { readServiceFile } from '#local/read-service-file.ts';
import { resolveVariables } from '#local/resolve-variables.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('service file', () => {
  const service = readServiceFile(ROOT);

  it('serverless.yml, tells what calls each function', () => {
    const calls = service.functions.map(({ name, module, events }) => [name, module, events.map(({ kind }) => kind)]);
    expect(calls).toEqual([
      ['ecsApi', 'functions/ecs-api', ['http', 'http']],
      ['eksApi', 'functions/eks-api', Array.from({ length: 10 }, () => 'http')],
      ['agentApi', 'functions/agent-api', ['http', 'http']],
      ['agentHeartbeat', 'functions/agent-heartbeat', ['http']],
      ['kubeApi', 'functions/kube-api', []],
      ['agentSessions', 'functions/agent-sessions', ['http', 'http']],
      ['sessionSocket', 'functions/session-socket', ['websocket', 'websocket', 'websocket']],
      ['agentAuthorizer', 'functions/agent-authorizer', []],
      ['onStateChange', 'functions/on-state-change', ['stream']],
      ['podMirror', 'functions/pod-mirror', ['stream']],
      ['eventRecorder', 'functions/event-recorder', ['stream']],
      ['serviceWorker', 'functions/service-worker', ['queue']],
      ['placementWorker', 'functions/placement-worker', ['queue']],
      ['capacityWorker', 'functions/capacity-worker', ['queue']],
      ['objectWorker', 'functions/object-worker', ['queue']],
      ['sweeper', 'functions/sweeper', ['schedule']],
    ]);
  });

  it('the stream source, keeps its limits, its filter and where failures go', () => {
    const [stream] = service.functions.flatMap(({ events }) => events).filter(({ kind }) => kind === 'stream');
    expect(stream).toMatchObject({
      table: 'StateTable',
      batchSize: 100,
      maximumRetryAttempts: 5,
      maximumRecordAgeMs: 3_600_000,
      bisect: true,
      reportFailures: true,
      onFailure: 'StreamFailures',
      filterPatterns: [{ dynamodb: { NewImage: { wake: { S: [{ exists: true }] } } } }],
    });
  });

  it('the events of tasks and machines, are off by default and on where an option asks for them', () => {
    const recorder = (file: typeof service) =>
      file.functions.find(({ name }) => name === 'eventRecorder')?.events.map((event) => ({ ...event }));
    expect(recorder(service)).toMatchObject([{ kind: 'stream', isEnabled: false, bisect: false }]);
    expect(recorder(readServiceFile(ROOT, { 'task-events': true }))).toMatchObject([{ isEnabled: true }]);
  });

  it('tasks of ECS as pods, are off by default and on where an option asks for them', () => {
    const mirror = (file: typeof service) => file.functions.find(({ name }) => name === 'podMirror')?.events;
    expect(mirror(service)).toMatchObject([{ kind: 'stream', isEnabled: false }]);
    expect(mirror(readServiceFile(ROOT, { 'ecs-pods': true }))).toMatchObject([{ isEnabled: true }]);
  });

  it('functions with an address of their own, are the heartbeats alone', () => {
    expect(service.functions.flatMap(({ name, hasUrl }) => (hasUrl ? [name] : []))).toEqual([
      'agentHeartbeat',
      'kubeApi',
    ]);
  });

  it('the agent channel, is authorized once for each token', () => {
    expect(service.channelRoutes).toEqual([
      {
        route: 'GET /agent/v1/channel',
        authorizer: 'agentAuthorizer',
        verdictMs: 55_000,
        waitMs: 20_000,
        maxMessages: 10,
      },
    ]);
  });

  it('a stream that asks for several batches of a shard at a time, is refused', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'berth-service-'));
    cpSync(path.join(ROOT, 'infra'), path.join(root, 'infra'), { recursive: true });
    const text = readFileSync(path.join(ROOT, 'serverless.yml'), 'utf8');
    const asking = text.replace('batchSize: 100\n', 'batchSize: 100\n          parallelizationFactor: 4\n');
    writeFileSync(path.join(root, 'serverless.yml'), asking);
    try {
      expect(() => readServiceFile(root)).toThrow('parallelizationFactor');
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('the queues, keep their visibility and their dead-letter queues', () => {
    const settings = queueSettings(service.resources);
    expect(settings).toContainEqual({
      name: 'ServiceQueue',
      visibilityMs: 180_000,
      redrive: { deadLetterQueue: 'ServiceDeadLetters', maxReceiveCount: 5 },
    });
    expect(settings.map(({ name }) => name)).toContain('StreamFailures');
  });
});

describe('variables', () => {
  const context = { root: ROOT, stage: 'local', service: { service: 'berth', custom: { list: [1, 2] } } };
  const resolve = (value: unknown): unknown => resolveVariables(value, context);

  it('whole values keep their type, parts become text, CloudFormation’s own stay', () => {
    expect(
      resolve(['${self:custom.list}', '${self:service}-${sls:stage}', "${opt:region, 'eu'}", '${Table.Arn}']),
    ).toEqual([[1, 2], 'berth-local', 'eu', '${Table.Arn}']);
  });

  it('a form the runner does not know, or a name that is missing, is refused', () => {
    expect(() => resolve('${self:custom.nothing}')).toThrow('names nothing');
    expect(() => resolve('${opt:region}')).toThrow('does not know');
  });
});
