import type { Timers } from '../../ports.ts';
import { sleep } from '../../ports.ts';
import type { ContainerInfo, ContainerRuntime, RuntimeFactory } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';
import { behaviourOf } from './behaviour.ts';
import { simulatedCommand } from './simulated-command.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

/** Containers without processes, for benchmarks and tests of everything around them. */
export function simulatedRuntime(machine: SimulatedMachine, timers: Timers): RuntimeFactory {
  return { kind: 'simulated', open: (owners) => open(machine, timers, owners) };
}

function open(machine: SimulatedMachine, timers: Timers, owners: readonly string[]): ContainerRuntime {
  const startDelays = new Map<string, number>();
  const ours = (info: ContainerInfo | undefined): ContainerInfo | undefined =>
    info && owners.includes(info.labels.agent) ? info : undefined;
  return {
    kind: 'simulated',
    list: async () => machine.list().filter((info) => ours(info)),
    inspect: async (name) => ours(machine.get(name)),
    pull: async (definition) => {
      const { failPull } = behaviourOf(definition);
      if (failPull !== undefined) throw new RuntimeFault('CannotPullContainerError', failPull);
    },
    create: async (spec) => {
      const info = ours(machine.create(spec));
      if (!info) throw new RuntimeFault('CannotCreateContainerError', `${spec.name} belongs to another agent`);
      startDelays.set(spec.name, behaviourOf(spec.definition).startDelayMs);
      return info;
    },
    start: async (name) => {
      const delay = startDelays.get(name) ?? 0;
      startDelays.delete(name);
      if (delay > 0) await sleep(timers, delay);
      machine.start(name);
    },
    stop: async (name, timeoutSeconds) => {
      if (!ours(machine.get(name)) || machine.terminate(name)) return;
      await sleep(timers, timeoutSeconds * 1_000);
      machine.kill(name);
    },
    exec: async (name, command, timeoutMs) => {
      if (ours(machine.get(name))?.state !== 'running') {
        throw new RuntimeFault('CannotInspectContainerError', `${name} does not run`);
      }
      const exitCode = machine.run(name, command);
      if (exitCode !== undefined) return { kind: 'exited', exitCode };
      await sleep(timers, timeoutMs);
      return { kind: 'timeout' };
    },
    ask: async (name) => {
      if (ours(machine.get(name))?.state !== 'running') return { passed: false, detail: 'nothing answers' };
      const passed = machine.asked(name);
      return { passed, detail: passed ? 'it answers' : 'it does not answer' };
    },
    openPod: async (spec) => ({ address: machine.openPod(spec), hostAddress: '10.88.0.1' }),
    closePod: async (name) => machine.closePod(name),
    openPods: async () => machine.openPods(owners),
    open: async (name, command) => {
      if (ours(machine.get(name))?.state !== 'running') {
        throw new RuntimeFault('CannotInspectContainerError', `${name} does not run`);
      }
      return simulatedCommand(command, machine.run(name, command.command));
    },
    logs: (name, wanted, signal) => {
      if (!ours(machine.get(name)))
        throw new RuntimeFault('CannotInspectContainerError', `there is no container ${name}`);
      return machine.output(name).read(wanted, signal, () => machine.get(name)?.state === 'running');
    },
    remove: async (name) => {
      if (ours(machine.get(name))) machine.remove(name);
    },
    watch: (onChange) =>
      machine.watch((owner, taskId) => {
        if (owners.includes(owner)) onChange(taskId);
      }),
  };
}
