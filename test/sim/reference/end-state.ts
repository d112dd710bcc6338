import type { SimWorld } from '../world/open-world.ts';

/** What a run leaves behind, without the ids and times that differ between equal runs. */
export interface EndState {
  readonly services: Readonly<Record<string, ServiceEnd>>;
  /** How many tasks that no service made ended in each status. */
  readonly standalone: Readonly<Record<string, number>>;
  readonly instances: Readonly<Record<string, string>>;
}

interface ServiceEnd {
  readonly status: string;
  readonly desired: number;
  /** Running containers by `family:revision`. */
  readonly running: Readonly<Record<string, number>>;
}

/** What was made on the way: Sieve's second oracle compares it with a run without faults. */
export interface Effort {
  readonly tasks: number;
  readonly creates: number;
  readonly starts: number;
}

export function endState({ oracles, agents }: SimWorld): EndState {
  const running = agents.flatMap(({ machine }) => machine.list().filter(({ state }) => state === 'running'));
  const services = [...oracles.committed.services.values()].map(
    ({ name, status, desiredCount }): [string, ServiceEnd] => {
      const own = running.filter(({ labels }) => labels.group === `service:${name}`);
      const revisions = own.map(({ labels }) => {
        const definition = oracles.committed.tasks.get(labels.task)?.definition;
        return `${definition?.family}:${definition?.revision}`;
      });
      return [name, { status, desired: desiredCount, running: counted(revisions) }];
    },
  );
  const standalone = [...oracles.committed.tasks.values()]
    .filter(({ slot }) => slot === undefined)
    .map(
      ({ taskId, desiredStatus }) =>
        `${desiredStatus}/${oracles.committed.observations.get(taskId)?.status ?? 'PENDING'}`,
    );
  const instances = agents.map(({ name, lastInstanceId = '' }): [string, string] => {
    const reservation = oracles.committed.reservations.get(lastInstanceId);
    return [name, `${reservation?.status}${reservation?.schedulable ? '' : ', not schedulable'}`];
  });
  return {
    services: Object.fromEntries(services.sort()),
    standalone: counted(standalone),
    instances: Object.fromEntries(instances),
  };
}

export function effort({ oracles, agents }: SimWorld): Effort {
  const sum = (of: (counts: { create: number; start: number }) => number): number =>
    agents.reduce((total, { machine }) => total + of(machine.counts), 0);
  return {
    tasks: oracles.committed.tasks.size,
    creates: sum(({ create }) => create),
    starts: sum(({ start }) => start),
  };
}

/** Differences of two end states in words; empty when they are the same. */
export const endStateDifferences = (expected: EndState, found: EndState): readonly string[] =>
  (['services', 'standalone', 'instances'] as const).flatMap((part) =>
    JSON.stringify(expected[part]) === JSON.stringify(found[part])
      ? []
      : [`${part}: ${JSON.stringify(found[part])} instead of ${JSON.stringify(expected[part])}`],
  );

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
