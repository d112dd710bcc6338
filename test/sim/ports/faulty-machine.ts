import type { ContainerRuntime, RuntimeFactory } from '#agent/runtime/port.ts';
import { RuntimeFault } from '#agent/runtime/runtime-fault.ts';
import type { AgentDisk } from '#agent/state/agent-disk.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { Actor } from './port-call.ts';

/** The machine's disk as one agent process meets it; a save that fails left the old content standing. */
export function faultyDisk(world: SimContext, actor: Actor, inner: AgentDisk): AgentDisk {
  const call = <T>(operation: keyof AgentDisk, apply: () => Promise<T>): Promise<T> =>
    world.seam.pass(actor, {
      port: 'disk',
      operation,
      isWrite: true,
      there: [0.2, 4],
      back: [0.1, 1],
      failure: (why) => new Error(`ENOSPC: ${why}`),
      apply,
    });
  return {
    // What is there is read or is missing: the adapter answers undefined for anything else.
    loadIdentity: () => inner.loadIdentity(),
    loadBook: () => inner.loadBook(),
    saveIdentity: (identity) => call('saveIdentity', () => inner.saveIdentity(identity)),
    saveBook: (book) => call('saveBook', () => inner.saveBook(book)),
  };
}

/** The container runtime as one agent process meets it: its calls take time, fail, and die with the process. */
export function faultyRuntime(world: SimContext, actor: Actor, inner: RuntimeFactory): RuntimeFactory {
  const call = <T>(
    operation: string,
    isWrite: boolean,
    apply: () => Promise<T>,
    onUnknown: () => void = () => undefined,
  ): Promise<T> =>
    world.seam.pass(actor, {
      port: 'runtime',
      operation,
      isWrite,
      there: [0.5, 30],
      back: [0.5, 30],
      failure: (why) => new RuntimeFault('ContainerRuntimeTimeoutError', why),
      apply,
      onUnknown,
    });
  const wrap = (runtime: ContainerRuntime): ContainerRuntime => ({
    kind: runtime.kind,
    list: () => call('list', false, () => runtime.list()),
    inspect: (name) => call('inspect', false, () => runtime.inspect(name)),
    pull: (definition) => call('pull', true, () => runtime.pull(definition)),
    create: (spec) => call('create', true, () => runtime.create(spec)),
    start: (name) =>
      call(
        'start',
        true,
        () => runtime.start(name),
        () => world.failedStarts.add(name),
      ),
    stop: (name, timeout) => call('stop', true, () => runtime.stop(name, timeout)),
    exec: (name, command, timeout) => call('exec', false, () => runtime.exec(name, command, timeout)),
    ask: (name, question, timeout) => call('ask', false, () => runtime.ask(name, question, timeout)),
    openPod: (spec) => call('openPod', true, () => runtime.openPod(spec)),
    closePod: (name) => call('closePod', true, () => runtime.closePod(name)),
    openPods: () => runtime.openPods(),
    // Nobody opens sessions here.
    open: (name, command) => runtime.open(name, command),
    logs: (name, wanted, signal) => runtime.logs(name, wanted, signal),
    remove: (name) => call('remove', true, () => runtime.remove(name)),
    watch: (onChange) => runtime.watch((taskId) => actor.process.wake(() => onChange(taskId))),
  });
  return { kind: inner.kind, open: (owners) => wrap(inner.open(owners)) };
}
