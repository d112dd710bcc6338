import type { DynamoDBRecord } from 'aws-lambda';
import { encodeWorkItem } from '#events/work-item.ts';
import { create, settled, update } from '../reference/reference-scenario.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { DirectedPlan } from './plan-report.ts';
import { populate, scripted } from './scripted.ts';

const MINUTE = 60_000;
/** Five receives, each followed by three minutes of invisibility. */
const GIVEN_UP_MS = 18 * MINUTE;
const MISROUTED = encodeWorkItem({ kind: 'placement', cluster: 'default' });
const POISON = ['not a work item', '{"kind":"unheard-of"}', '', MISROUTED] as const;

/** Messages and records that nobody can handle end where an operator sees them; all others are handled (S16). */
export const poison: DirectedPlan = scripted('poison', 3, async (sim) => {
  await populate(sim);
  for (const body of POISON) sim.bus.queues.service.send(body, 0);
  const bad = sim.bus.shards.map((shard, at) => {
    shard.add(unreadable(at), 0);
    return shard;
  });
  await update(sim, 'web', { taskDefinition: 'web:2' });
  await create(sim, 'api', 2);
  await settled(sim, 'work beside poison', MINUTE);
  await sim.run(MINUTE);
  if (bad.some(({ waiting }) => waiting > 0)) sim.context.violated('S16', 'a shard is still held up by its poison');
  await sim.run(GIVEN_UP_MS);
  accountFor(sim, bad.length);
});

function accountFor({ bus, context }: SimWorld, records: number): void {
  const { service, placement, capacity } = bus.queues;
  const left = service.waiting + placement.waiting + capacity.waiting;
  if (left > 0) context.violated('S16', `${left} messages are neither handled nor given up`);
  const dead = [...service.deadLetters].sort();
  if (JSON.stringify(dead) !== JSON.stringify([...POISON].sort()))
    context.violated('S16', `the dead letters are ${JSON.stringify(dead)}`);
  if (placement.deadLetters.length + capacity.deadLetters.length > 0)
    context.violated('S16', 'a queue without poison gave a message up');
  if (bus.streamFailures.length !== records)
    context.violated('S16', `${bus.streamFailures.length} stream records were given up instead of ${records}`);
}

/** A record that asks for work in words the function does not know. */
const unreadable = (at: number): DynamoDBRecord => ({
  eventName: 'MODIFY',
  dynamodb: {
    SequenceNumber: `poison-${at}`,
    NewImage: { pk: { S: 'POISON' }, sk: { S: String(at) }, wake: { S: 'not a wake' } },
  },
});
