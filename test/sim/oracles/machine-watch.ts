import type { ContainerInfo } from '#agent/runtime/port.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import type { RealContainer, Reality } from './oracle.ts';

/** A neighbour's container on each machine: it carries no label of ours that counts, and nobody may touch it. */
const NEIGHBOUR = 'neighbour';

export const isOurs = ({ labels }: Pick<ContainerInfo, 'labels'>): boolean => labels.agent !== NEIGHBOUR;

export interface Witness {
  created(container: RealContainer, twins: readonly RealContainer[]): void;
  started(container: RealContainer): void;
  stopped(container: RealContainer): void;
  touched(agent: SimAgent): void;
}

/** Follows the containers of all machines and tells the witness of each that comes, runs or ends. */
export class MachineWatch implements Reality {
  readonly running = new Map<string, RealContainer>();
  /** Created or running, by machine and name. */
  readonly #present = new Map<string, RealContainer>();
  /** The same by task epoch and container. */
  readonly #copies = new Map<string, Set<RealContainer>>();
  readonly #witness: Witness;
  readonly #syncs = new Map<SimAgent, () => void>();
  #isNemesisActing = false;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** Whatever happens inside ends containers without an agent's doing. */
  byNemesis(act: () => void): void {
    this.#isNemesisActing = true;
    act();
    this.#isNemesisActing = false;
  }

  watch(agent: SimAgent): void {
    const { machine } = agent;
    machine.create({
      name: NEIGHBOUR,
      labels: neighbourLabels,
      definition: { name: NEIGHBOUR, image: '' },
      networkMode: 'bridge',
    });
    machine.start(NEIGHBOUR);
    const sync = (): void => this.#sync(agent);
    this.#syncs.set(agent, sync);
    machine.watch(sync);
  }

  machineDied(agent: SimAgent): void {
    this.#syncs.get(agent)?.();
  }

  #sync(agent: SimAgent): void {
    const infos = agent.isDestroyed ? [] : agent.machine.list();
    const now = new Map(infos.filter(isOurs).map((info) => [`${agent.name}/${info.name}`, info]));
    if (!agent.isDestroyed && agent.machine.get(NEIGHBOUR)?.state !== 'running') this.#witness.touched(agent);
    for (const [key, info] of now) this.#see(agent, key, info);
    for (const [key, container] of this.#present) {
      const state = now.get(key)?.state;
      if (container.agent !== agent || state === 'running' || (state === 'created' && !this.running.has(key))) continue;
      this.#lose(key, container);
    }
  }

  #see(agent: SimAgent, key: string, { name, labels, state }: ContainerInfo): void {
    if (state === 'exited') return;
    let container = this.#present.get(key);
    if (!container) {
      const { task, epoch, group, agent: instance } = labels;
      const fenced = labels.fenced === true;
      container = { agent, name, task, epoch, container: labels.container, group, instance, fenced };
      this.#present.set(key, container);
      const copies = this.#copies.get(copyKey(container)) ?? new Set();
      this.#copies.set(copyKey(container), copies);
      this.#witness.created(container, [...copies]);
      copies.add(container);
    }
    if (state !== 'running' || this.running.has(key)) return;
    this.running.set(key, container);
    this.#witness.started(container);
  }

  #lose(key: string, container: RealContainer): void {
    this.#present.delete(key);
    this.#copies.get(copyKey(container))?.delete(container);
    const wasRunning = this.running.delete(key);
    if (wasRunning && !this.#isNemesisActing && !container.agent.isDestroyed) this.#witness.stopped(container);
  }
}

const copyKey = ({ task, epoch, container }: RealContainer): string => `${task}.${epoch}.${container}`;

const neighbourLabels: ContainerInfo['labels'] = {
  task: NEIGHBOUR,
  epoch: 1,
  agent: NEIGHBOUR,
  agentEpoch: 1,
  container: NEIGHBOUR,
  cluster: NEIGHBOUR,
  group: NEIGHBOUR,
  essential: true,
  count: 1,
  stopTimeout: 1,
};
