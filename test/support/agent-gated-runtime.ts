import type { ContainerRuntime, RuntimeFactory } from '#agent/runtime/port.ts';

export type GatedVerb = 'pull' | 'create' | 'start' | 'stop';

export interface GatedRuntime {
  readonly factory: RuntimeFactory;
  /** From now on calls of this verb wait before they take effect. */
  close(verb: GatedVerb): void;
  /** Lets waiting and later calls pass. */
  open(verb: GatedVerb): void;
  /** Calls that wait now. */
  waiting(verb: GatedVerb): number;
}

/** A runtime whose verbs a test can hold up, to put other events into the gap. */
export function gatedRuntime(inner: RuntimeFactory): GatedRuntime {
  const gates = new Map<GatedVerb, PromiseWithResolvers<void>>();
  const counts = new Map<GatedVerb, number>();
  const pass = async (verb: GatedVerb): Promise<void> => {
    counts.set(verb, (counts.get(verb) ?? 0) + 1);
    await gates.get(verb)?.promise;
    counts.set(verb, (counts.get(verb) ?? 0) - 1);
  };
  const wrap = (runtime: ContainerRuntime): ContainerRuntime => ({
    ...runtime,
    pull: (definition) => pass('pull').then(() => runtime.pull(definition)),
    create: (spec) => pass('create').then(() => runtime.create(spec)),
    start: (name) => pass('start').then(() => runtime.start(name)),
    stop: (name, timeout) => pass('stop').then(() => runtime.stop(name, timeout)),
  });
  return {
    factory: { kind: inner.kind, open: (owners) => wrap(inner.open(owners)) },
    close: (verb) => gates.set(verb, Promise.withResolvers()),
    open: (verb) => {
      gates.get(verb)?.resolve();
      gates.delete(verb);
    },
    waiting: (verb) => counts.get(verb) ?? 0,
  };
}
