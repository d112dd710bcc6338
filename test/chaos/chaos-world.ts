import { timingsAt } from '#core/timings.ts';
import { Rng } from '#test/sim/world/scheduler.ts';
import { freePort } from '#test/support/chaos-port.ts';
import type { ChaosWorld } from './faults/fault.ts';
import { Operator } from './operator.ts';
import type { ChaosOptions } from './options.ts';
import { everyOracle } from './oracles/every-oracle.ts';
import { FalseLosses } from './oracles/false-losses.ts';
import { Promises } from './promises.ts';
import { engineReality, processReality } from './reality.ts';
import { Sampler } from './sampler.ts';
import type { RunIdentity } from './world/clean-up.ts';
import { ControlPlane } from './world/control-plane.ts';
import { FaultProxy } from './world/fault-proxy.ts';
import { Machine } from './world/machine.ts';

export interface WorldEvents {
  readonly tell: (line: string) => void;
  readonly onViolation: (invariant: string, story: string) => void;
}

/** A whole stack of real processes, whoever uses it and whoever watches it. */
export interface BuiltWorld extends ChaosWorld {
  readonly operator: Operator;
  readonly sampler: Sampler;
  readonly promises: Promises;
  readonly losses: FalseLosses;
  readonly killed: ReadonlySet<string>;
  /** Requests that a proxy did something to, by proxy and fault. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
}

const START_MS = 30_000;
const CLIENT_DELAY_MS = 2_500;

export async function buildWorld(
  options: ChaosOptions,
  run: RunIdentity,
  image: string,
  events: WorldEvents,
): Promise<BuiltWorld> {
  const { seed, agents, runtime, timeScale } = options;
  const { id, root, container, hasNamespaces } = run;
  const { tell, onViolation } = events;
  const requests: Record<string, number> = {};
  const count = (where: string, fault: string): void => {
    requests[`${where}: ${fault}`] = (requests[`${where}: ${fault}`] ?? 0) + 1;
  };
  let isClosed = false;
  const onUnexpectedEnd = (story: string): void => {
    if (!isClosed) onViolation('process', story);
  };
  const controlPlane = new ControlPlane({ root, port: await freePort(), timeScale, onUnexpectedEnd });
  controlPlane.process.start();
  const address = await controlPlane.address(START_MS);
  tell(`the control plane answers at ${address.endpoint}`);

  // Streams of their own: what one draws must not depend on how often another was asked.
  const clientProxy = new FaultProxy({
    target: { host: '127.0.0.1', port: controlPlane.port },
    rng: new Rng(seed + 1_000),
    maxDelayMs: CLIENT_DELAY_MS,
    onFault: (fault) => count('client', fault),
  });
  const clientPort = await clientProxy.listen({ host: '127.0.0.1' });
  const machines: Machine[] = [];
  for (let index = 0; index < agents; index += 1) {
    const machine = await Machine.create({
      ...{ runId: id, root, index, runtime, hasNamespaces, timeScale, onUnexpectedEnd, onProxyFault: count },
      controlPlanePort: controlPlane.port,
      joinTokenFile: `${controlPlane.dataDir}/join-token`,
      rng: new Rng(seed + 2_000 + index),
    });
    machines.push(machine);
    machine.agent.start();
  }

  const reality = runtime === 'docker' ? engineReality(container) : processReality(root);
  const promises = new Promises();
  const killed = new Set<string>();
  const losses = new FalseLosses();
  const sampler = new Sampler({
    ...{ reality, promises, killed, timeScale, onViolation },
    dataDir: controlPlane.dataDir,
    oracles: [...everyOracle(), losses],
    machines: () =>
      machines.map(({ name, trouble, engineTrouble, forgotAt, wire }) => ({
        name,
        clearSince: trouble.clearSince,
        engineClearSince: engineTrouble.clearSince,
        forgotAt,
        pulse: wire.pulse,
      })),
    servingSince: () => controlPlane.outages.clearSince,
    rightTimeSince: () => controlPlane.wrongTimes.clearSince,
    clockOffset: () => controlPlane.process.clockOffset,
    onBlind: (why) => tell(`a look failed: ${why}`),
  });
  const operator = new Operator({
    ...{ image, container, promises, tell, runId: id },
    address: { ...address, endpoint: `http://127.0.0.1:${clientPort}` },
    rng: new Rng(seed + 3_000),
    committed: () => sampler.committed(),
  });
  return {
    ...{
      machines,
      controlPlane,
      clientProxy,
      reality,
      operator,
      sampler,
      promises,
      losses,
      killed,
      requests,
      timeScale,
    },
    timings: timingsAt(timeScale),
    running: () => sampler.newest?.containers.filter(({ isRunning }) => isRunning) ?? [],
    killContainer: async (one, remove) => {
      killed.add(one.identity);
      await reality.kill(one, remove);
    },
    close: () => {
      isClosed = true;
      operator.destroy();
      clientProxy.close();
      for (const { wire, engine } of machines) for (const proxy of [wire, engine]) proxy?.close();
    },
  };
}
