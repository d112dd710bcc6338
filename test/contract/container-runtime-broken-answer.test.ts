import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeTimers } from '#agent/node-clock.ts';
import { dockerRuntime, reachableDocker } from '#agent/runtime/docker/docker-runtime.ts';
import { silentLog } from '#test/support/agent-silent-log.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'berth-engine-'));
const socket = path.join(directory, 'engine.sock');
const asBefore = process.env.DOCKER_HOST;

/** Answers a ping, and breaks off in the middle of every other answer. */
const engine = createServer((request, answer) => {
  if (request.url?.includes('_ping')) return answer.end('OK');
  answer.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
  return answer.write('{"Id":', () => answer.destroy());
});

beforeAll(async () => {
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
  process.env.DOCKER_HOST = `unix://${socket}`;
});

afterAll(() => {
  if (asBefore === undefined) delete process.env.DOCKER_HOST;
  else process.env.DOCKER_HOST = asBefore;
  engine.close();
  rmSync(directory, { recursive: true, force: true });
});

it('an engine that breaks off in the middle of its answer, fails the call at once', { timeout: 5_000 }, async () => {
  const docker = await reachableDocker();
  if (!docker) throw new Error('the engine of this test does not answer');
  const runtime = dockerRuntime({ docker, timers: nodeTimers, log: silentLog, machineMemory: 512 }).open(['a']);
  await expect(runtime.inspect('task.1.main')).rejects.toMatchObject({ code: 'CannotInspectContainerError' });
  await expect(runtime.list()).rejects.toMatchObject({ code: 'CannotInspectContainerError' });
});
