import type { NetworkBinding } from '#core/model/task.ts';
import type { Cancel, Timers } from '../../ports.ts';
import type { ContainerInfo, ContainerSpec, PodSpec } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';
import { behaviourOf } from './behaviour.ts';
import { SimulatedOutput } from './simulated-output.ts';

interface SimulatedContainer {
  readonly spec: ContainerSpec;
  readonly info: ContainerInfo;
}

const FIRST_DYNAMIC_PORT = 32_768;
const KILLED = 137;
const TERMINATED = 143;

/**
 * The engine behind simulated runtimes: containers that exist only as state. It outlives an agent's run in a test,
 * as a container engine does on a real machine; `snapshot` and `restored` carry it over a process restart.
 */
export class SimulatedMachine {
  readonly #timers: Timers;
  readonly #onSnapshot: ((text: string) => void) | undefined;
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #exits = new Map<string, Cancel>();
  /** Exit codes that tests laid down for whatever runs inside a container. */
  readonly #answers = new Map<string, number>();
  /** What tests laid down for whoever asks a container over its network. */
  readonly #networkAnswers = new Map<string, boolean>();
  readonly #unready = new Set<string>();
  /** Pods that are open, by their name, with the address each was given. */
  readonly #pods = new Map<string, { readonly owner: string; readonly address: string }>();
  #nextAddress = 2;
  readonly #outputs = new Map<string, SimulatedOutput>();
  readonly #watchers = new Set<(owner: string, taskId: string) => void>();
  #nextPort = FIRST_DYNAMIC_PORT;
  /** How often each verb was used, so that a test can assert that nothing was created or started. */
  readonly counts = { create: 0, start: 0, stop: 0, remove: 0, run: 0 };

  constructor(timers: Timers, options: { restored?: string; onSnapshot?: (text: string) => void } = {}) {
    this.#timers = timers;
    this.#onSnapshot = options.onSnapshot;
    if (options.restored !== undefined) this.#restore(options.restored);
  }

  list(): readonly ContainerInfo[] {
    return [...this.#containers.values()].map(({ info }) => info);
  }

  get(name: string): ContainerInfo | undefined {
    return this.#containers.get(name)?.info;
  }

  watch(listener: (owner: string, taskId: string) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  create(spec: ContainerSpec): ContainerInfo {
    const existing = this.#containers.get(spec.name);
    if (existing) return existing.info;
    this.counts.create += 1;
    const info: ContainerInfo = {
      name: spec.name,
      runtimeId: `sim-${spec.name}`,
      labels: spec.labels,
      state: 'created',
      oomKilled: false,
      networkBindings: [],
    };
    this.#put({ spec, info });
    return info;
  }

  start(name: string): void {
    const container = this.#containers.get(name);
    if (!container) throw new RuntimeFault('CannotStartContainerError', `no container ${name}`);
    if (container.info.state === 'running') return;
    if (container.info.state === 'exited') throw new RuntimeFault('CannotStartContainerError', `${name} has exited`);
    const { failStart } = behaviourOf(container.spec.definition);
    if (failStart !== undefined) throw new RuntimeFault('CannotStartContainerError', failStart);
    this.counts.start += 1;
    const info: ContainerInfo = { ...container.info, state: 'running', networkBindings: this.#bind(container.spec) };
    this.#put({ ...container, info });
    const { output } = behaviourOf(container.spec.definition);
    if (output !== undefined) this.output(name).print(`${output}\n`);
    this.#armExit(name, container.spec);
    this.#armReady(name, container.spec);
  }

  /** True when SIGTERM alone ends the container. */
  terminate(name: string): boolean {
    const container = this.#containers.get(name);
    if (container?.info.state !== 'running') return true;
    if (behaviourOf(container.spec.definition).ignoreTerm) return false;
    this.counts.stop += 1;
    this.exit(name, TERMINATED);
    return true;
  }

  kill(name: string): void {
    this.counts.stop += 1;
    this.exit(name, KILLED);
  }

  /** Ends a container from outside, as a crash or an operator would. */
  exit(name: string, exitCode: number, oomKilled = false): void {
    const container = this.#containers.get(name);
    if (container?.info.state !== 'running') return;
    this.#exits.get(name)?.();
    this.#put({ ...container, info: { ...container.info, state: 'exited', exitCode, oomKilled, networkBindings: [] } });
  }

  /** From now on every command in the container exits like this. */
  answer(name: string, exitCode: number): void {
    this.#answers.set(name, exitCode);
  }

  /** The exit code of a command: it says so itself, as `exit 1` does. Undefined: it never ends, as `sleep` says. */
  run(name: string, command: readonly string[]): number | undefined {
    this.counts.run += 1;
    const text = command.at(-1) ?? '';
    if (command.includes('sleep') || /^sleep /.test(text)) return undefined;
    return this.#answers.get(name) ?? Number(/^exit (\d+)$/.exec(text)?.[1] ?? 0);
  }

  /** From now on the container answers so over its network. */
  answerNetwork(name: string, passed: boolean): void {
    this.#networkAnswers.set(name, passed);
  }

  asked(name: string): boolean {
    this.counts.run += 1;
    return this.#networkAnswers.get(name) ?? !this.#unready.has(name);
  }

  openPod({ name, labels }: PodSpec): string {
    const known = this.#pods.get(name);
    if (known) return known.address;
    const address = `10.88.${Math.floor(this.#nextAddress / 250)}.${this.#nextAddress % 250}`;
    this.#nextAddress += 1;
    this.#pods.set(name, { owner: labels.agent, address });
    return address;
  }

  closePod(name: string): void {
    this.#pods.delete(name);
  }

  openPods(owners: readonly string[]): readonly string[] {
    return [...this.#pods].filter(([, { owner }]) => owners.includes(owner)).map(([name]) => name);
  }

  /** What the container wrote; tests may make it write more. */
  output(name: string): SimulatedOutput {
    const output = this.#outputs.get(name) ?? new SimulatedOutput();
    this.#outputs.set(name, output);
    return output;
  }

  remove(name: string): void {
    const container = this.#containers.get(name);
    if (!container) return;
    this.counts.remove += 1;
    this.#exits.get(name)?.();
    this.#containers.delete(name);
    this.#outputs.delete(name);
    this.#changed(container);
  }

  #armReady(name: string, { definition }: ContainerSpec): void {
    const { readyAfterMs } = behaviourOf(definition);
    if (readyAfterMs === 0) return;
    this.#unready.add(name);
    this.#timers.after(readyAfterMs, () => this.#unready.delete(name));
  }

  #armExit(name: string, spec: ContainerSpec): void {
    const { exitAfterMs, exitCode, oomKilled, failRuns = Number.POSITIVE_INFINITY } = behaviourOf(spec.definition);
    if (exitAfterMs === undefined || (spec.labels.pod?.run ?? 0) >= failRuns) return;
    this.#exits.set(
      name,
      this.#timers.after(exitAfterMs, () => this.exit(name, oomKilled ? KILLED : exitCode, oomKilled)),
    );
  }

  #bind(spec: ContainerSpec): readonly NetworkBinding[] {
    if (spec.networkMode !== 'bridge') return [];
    return (spec.definition.portMappings ?? []).map(({ containerPort = 0, hostPort = 0, protocol = 'tcp' }) => ({
      bindIP: '0.0.0.0',
      containerPort,
      hostPort: hostPort === 0 ? this.#nextPort++ : hostPort,
      protocol,
    }));
  }

  #put(container: SimulatedContainer): void {
    this.#containers.set(container.info.name, container);
    this.#changed(container);
  }

  #changed({ info }: SimulatedContainer): void {
    this.#outputs.get(info.name)?.notify();
    this.#onSnapshot?.(JSON.stringify([...this.#containers.values()]));
    for (const watcher of this.#watchers) watcher(info.labels.agent, info.labels.task);
  }

  #restore(text: string): void {
    for (const container of JSON.parse(text) as SimulatedContainer[]) {
      this.#containers.set(container.info.name, container);
      if (container.info.state === 'running') this.#armExit(container.info.name, container.spec);
    }
  }
}
