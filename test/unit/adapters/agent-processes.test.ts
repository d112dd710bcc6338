import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentCommand } from '#adapters/agent-processes/agent-command.ts';
import { type AgentProcesses, createAgentProcesses } from '#adapters/agent-processes/capacity-provider.ts';
import { identify, isAlive } from '#adapters/agent-processes/process-identity.ts';
import type { Log } from '#control/ports.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
/** Stands in for an agent: says what it was given and stays until it is told to go. */
const STAND_IN =
  'const { BERTH_JOIN_TOKEN, AWS_SECRET_ACCESS_KEY = "unset" } = process.env;' +
  'console.log(BERTH_JOIN_TOKEN, AWS_SECRET_ACCESS_KEY, ...process.argv.slice(1)); setInterval(() => {}, 1000);';

const POOL = { cluster: 'default' };
const OTHER = { cluster: 'other' };
const ENDPOINT = 'http://127.0.0.1:1';

let dataDir = '';
let provider: AgentProcesses;

const create = (): AgentProcesses =>
  createAgentProcesses({
    dataDir,
    endpoint: () => ENDPOINT,
    joinToken: 'join-secret',
    cluster: 'default',
    policy: { min: 1, max: 2, standby: 0, size: { cpu: 512, memory: 1024 } },
    runtime: 'simulated',
    timeScale: 1,
    log: silent,
    command: ({ machineId }) => ({ file: process.execPath, args: ['-e', STAND_IN, machineId] }),
  });

const pidOf = (machineId: string): number =>
  JSON.parse(readFileSync(join(dataDir, 'agents', machineId, 'machine.json'), 'utf8')).agent.pid;

async function killHard(machineId: string): Promise<void> {
  const agent = identify(pidOf(machineId));
  process.kill(agent.pid, 'SIGKILL');
  await until(() => !isAlive(agent));
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < 250 && !isTrue(); tries += 1) await sleep(20);
  expect(isTrue()).toBe(true);
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'berth-agents-'));
  provider = create();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await provider.stopAll();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('agent processes', () => {
  it('launch: one process per machine, however often it is asked for', async () => {
    await provider.launch(POOL, 'm-1');
    const pid = pidOf('m-1');
    await Promise.all([provider.launch(POOL, 'm-1'), provider.launch(POOL, 'm-1')]);
    expect(pidOf('m-1')).toBe(pid);
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'running' }]);
  });

  it('launch: of the environment only the join token and what is harmless arrives, the output goes to the log', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'control-plane-secret');
    await provider.launch(POOL, 'm-1');
    const log = join(dataDir, 'agents', 'm-1', 'agent.log');
    await until(() => readFileSync(log, 'utf8').includes('join-secret unset m-1'));
    expect(readFileSync(join(dataDir, 'agents', 'm-1', 'machine.json'), 'utf8')).not.toContain('join-secret');
  });

  it('another provider on the same directory: the machines are found again', async () => {
    await provider.launch(POOL, 'm-1');
    expect(await create().list(POOL)).toEqual([{ machineId: 'm-1', state: 'running' }]);
  });

  it('an agent killed hard: its machine counts as stopped until it is resumed', async () => {
    await provider.launch(POOL, 'm-1');
    await killHard('m-1');
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'stopped' }]);
    await create().resume();
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'running' }]);
  });

  it('an agent that an earlier provider started, killed hard after resume: it is started again', async () => {
    await provider.launch(POOL, 'm-1');
    // As after the end of the process that started it: nobody is told when the agent ends.
    await provider.stopAll();
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const record = { size: { cpu: 1, memory: 1 }, agent: identify(orphan.pid ?? 0), endpoint: ENDPOINT };
    writeFileSync(join(dataDir, 'agents', 'm-1', 'machine.json'), JSON.stringify(record));
    provider = create();
    await provider.resume();
    expect(pidOf('m-1')).toBe(orphan.pid);
    await killHard('m-1');
    await until(() => pidOf('m-1') !== orphan.pid);
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'running' }]);
  });

  it('an agent that looks for the control plane at another address: resume starts it again', async () => {
    await provider.launch(POOL, 'm-1');
    const before = identify(pidOf('m-1'));
    const record = { size: { cpu: 1, memory: 1 }, agent: before, endpoint: 'http://127.0.0.1:2' };
    writeFileSync(join(dataDir, 'agents', 'm-1', 'machine.json'), JSON.stringify(record));
    await provider.resume();
    expect(isAlive(before)).toBe(false);
    expect(pidOf('m-1')).not.toBe(before.pid);
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'running' }]);
  });

  it('stopAll: agents end, machines stay', async () => {
    await provider.launch(POOL, 'm-1');
    await provider.stopAll();
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'stopped' }]);
  });

  it('terminate: process and directory are gone, and a second call changes nothing', async () => {
    await provider.launch(POOL, 'm-1');
    const agent = identify(pidOf('m-1'));
    await provider.terminate(POOL, 'm-1');
    await provider.terminate(POOL, 'm-1');
    expect(isAlive(agent)).toBe(false);
    expect(existsSync(join(dataDir, 'agents', 'm-1'))).toBe(false);
    expect(await provider.list(POOL)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'a pid that another process got meanwhile (Linux tells by start time): it is neither counted nor stopped',
    async () => {
      await provider.launch(POOL, 'm-1');
      await killHard('m-1');
      const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      const record = { size: { cpu: 1, memory: 1 }, agent: { pid: stranger.pid, startTime: '1' }, endpoint: ENDPOINT };
      writeFileSync(join(dataDir, 'agents', 'm-1', 'machine.json'), JSON.stringify(record));
      expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'stopped' }]);
      await provider.terminate(POOL, 'm-1');
      expect(isAlive(identify(stranger.pid ?? 0))).toBe(true);
      stranger.kill('SIGKILL');
    },
  );

  it('a machine id that could leave the directory: refused', async () => {
    await expect(provider.launch(POOL, '../m-1')).rejects.toMatchObject({ code: 'InvalidParameter' });
  });

  it('machines of two providers: each is listed for its own, also after its process ended and started again', async () => {
    const metal = { cluster: 'default', capacityProvider: 'metal' };
    await provider.launch(POOL, 'm-1');
    await provider.launch(metal, 'm-2');
    await provider.stopAll();
    provider = create();
    await provider.resume();
    expect(await provider.list(POOL)).toEqual([{ machineId: 'm-1', state: 'running' }]);
    expect(await provider.list(metal)).toEqual([{ machineId: 'm-2', state: 'running' }]);
    expect(await provider.list({ cluster: 'default', capacityProvider: 'spare' })).toEqual([]);
    expect(provider.policy(metal)).toMatchObject({ min: 0, standby: 0 });
  });

  it('another cluster: no policy, no machines, no launch', async () => {
    expect(provider.policy(OTHER)).toBeUndefined();
    expect(await provider.list(OTHER)).toEqual([]);
    await expect(provider.launch(OTHER, 'm-1')).rejects.toMatchObject({ code: 'Refused' });
  });

  it('the command line of an agent: names its machine, its size and its capacity provider if it has one', () => {
    const agent = {
      endpoint: 'http://127.0.0.1:1',
      cluster: 'default',
      machineId: 'm-1',
      stateDir: 'state',
      runtime: 'process',
      size: { cpu: 512, memory: 1024 },
      timeScale: 0.5,
    } as const;
    const { file, args } = agentCommand(agent);
    expect(file).toBe(process.execPath);
    expect(args.slice(2).join(' ')).toBe(
      'agent --endpoint http://127.0.0.1:1 --cluster default --machine-id m-1 --data-dir state ' +
        '--runtime process --cpu 512 --memory 1024 --time-scale 0.5',
    );
    expect(agentCommand({ ...agent, capacityProvider: 'metal' }).args.join(' ')).toContain('--capacity-provider metal');
  });
});
