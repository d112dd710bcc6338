import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Rng } from '#test/sim/world/scheduler.ts';
import { ENGINE_SOCKET } from './engine.ts';
import { FaultProxy, type ProxyFault } from './fault-proxy.ts';
import { loopbackNetwork, type Network, namespaceNetwork } from './network.ts';
import { Subprocess } from './subprocess.ts';
import { Trouble } from './trouble.ts';

export interface MachineOptions {
  readonly runId: string;
  readonly root: string;
  readonly index: number;
  readonly runtime: 'docker' | 'process';
  readonly hasNamespaces: boolean;
  readonly controlPlanePort: number;
  readonly joinTokenFile: string;
  readonly timeScale: number;
  readonly rng: Rng;
  readonly onProxyFault: (where: 'agent' | 'engine', fault: ProxyFault) => void;
  readonly onUnexpectedEnd: (story: string) => void;
}

/** Longest delays that the proxies add, in ms. */
const MAX_DELAY_MS = { agent: 3_000, engine: 1_500 };

/** One machine: an agent with a network and a data directory of its own, a proxy before each thing it talks to. */
export class Machine {
  readonly name: string;
  readonly stateDir: string;
  readonly agent: Subprocess;
  readonly network: Network;
  /** Between agent and control plane. */
  readonly wire: FaultProxy;
  /** Between agent and container engine. */
  readonly engine: FaultProxy | undefined;
  /** Times when the agent could not serve as it should, whatever the reason. */
  readonly trouble = new Trouble();
  /** Times when its engine could not be reached as it should. */
  readonly engineTrouble = new Trouble();
  /** Monotonic ms when the agent's book was last damaged. */
  forgotAt = Number.NEGATIVE_INFINITY;

  private constructor(
    options: MachineOptions,
    wire: FaultProxy,
    engine: FaultProxy | undefined,
    network: Network,
    port: number,
  ) {
    const { root, index, runtime, joinTokenFile, timeScale } = options;
    this.name = `m${index}`;
    this.wire = wire;
    this.engine = engine;
    this.network = network;
    this.stateDir = stateDirOf(root, index);
    this.agent = new Subprocess({
      name: this.name,
      args: [
        ...['agent', '--endpoint', `http://${network.host}:${port}`, '--join', `@${joinTokenFile}`],
        ...['--data-dir', this.stateDir, '--runtime', runtime, '--hostname', this.name],
        ...['--cpu', '4096', '--memory', '4096', '--time-scale', String(timeScale)],
      ],
      directory: root,
      through: network.through,
      ...(engine ? { env: { DOCKER_HOST: `unix://${engineSocketOf(root, index)}` } } : {}),
      onUnexpectedEnd: options.onUnexpectedEnd,
    });
  }

  static async create(options: MachineOptions): Promise<Machine> {
    const { runId, root, index, runtime, hasNamespaces, controlPlanePort, rng, onProxyFault } = options;
    mkdirSync(stateDirOf(root, index), { recursive: true });
    let address = '';
    const wire: FaultProxy = new FaultProxy({
      target: { host: '127.0.0.1', port: controlPlanePort },
      rng,
      maxDelayMs: MAX_DELAY_MS.agent,
      onFault: (fault) => onProxyFault('agent', fault),
      // Heartbeats must not find a way around the proxy.
      readdress: (text) => text.replaceAll(`127.0.0.1:${controlPlanePort}`, address),
    });
    const network = hasNamespaces ? await namespaceNetwork(runId, index) : loopbackNetwork(() => wire);
    const port = await wire.listen({ host: network.host });
    address = `${network.host}:${port}`;
    if (runtime === 'process') return new Machine(options, wire, undefined, network, port);
    const engine = new FaultProxy({
      target: { socketPath: ENGINE_SOCKET },
      rng,
      maxDelayMs: MAX_DELAY_MS.engine,
      isLocal: true,
      onFault: (fault) => onProxyFault('engine', fault),
    });
    await engine.listen({ path: engineSocketOf(root, index) });
    return new Machine(options, wire, engine, network, port);
  }
}

export const stateDirOf = (root: string, index: number): string => path.join(root, 'machines', `m${index}`, 'state');
/** Short, because the path of a unix socket has 108 bytes at most. */
const engineSocketOf = (root: string, index: number): string => path.join(root, `m${index}.sock`);
