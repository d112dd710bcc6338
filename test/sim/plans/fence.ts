import type { SimWorld } from '../world/open-world.ts';
import { Operator } from '../world/operator.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { DirectedPlan } from './plan-report.ts';
import { scripted } from './scripted.ts';

const MINUTE = 60_000;
const MACHINES = 4;
/** Long enough to notice a lost machine and to replace what it ran. */
const REPLACE_MS = MINUTE;
/** Away for this long, a machine loses its fenced tasks to others. */
const SURELY_LOST_MS = 40_000;

/** What befalls one machine that runs fenced tasks; answers for how long. */
type Trouble = (sim: SimWorld, victim: SimAgent) => number;

/** S2: one machine of a fenced service meets one trouble, and nothing else goes wrong. */
const fence = (name: string, trouble: Trouble, prepare: (sim: SimWorld) => void = () => undefined): DirectedPlan =>
  scripted(name, MACHINES, async (sim) => {
    const { context, oracles } = sim;
    const { rng } = context;
    prepare(sim);
    new Operator(context, sim.workers, oracles, sim.agents).createFenced('web', 2 + rng.below(3));
    await sim.run(rng.between(12_000, 30_000));
    const victim = rng.pick(sim.agents.filter(isRunningFenced));
    if (!victim) context.violated('schedule', 'nobody runs a fenced task');
    const away = victim ? trouble(sim, victim) : 0;
    context.trace(`${victim?.name}: ${name} for ${Math.round(away)} ms`);
    await sim.run(away + REPLACE_MS);
    sim.nemesis.heal();
    await sim.run(REPLACE_MS);
    const { replacements, pausedOverlaps } = oracles.fence;
    if (away >= SURELY_LOST_MS && replacements === 0) context.violated('schedule', 'nothing was replaced');
    return `${replacements} replaced, ${pausedOverlaps} seen beside its replacement after a pause`;
  });

const isRunningFenced = ({ machine }: SimAgent): boolean =>
  machine.list().some(({ state, labels }) => state === 'running' && labels.fenced);

/** Half of the time so short that contact comes back around the deadline. */
const spell = ({ rng }: SimContext): number =>
  rng.chance(0.5) ? rng.between(8_000, 40_000) : rng.between(40_000, 3 * MINUTE);

const cut =
  (sides: { readonly outbound: boolean; readonly inbound: boolean }, ms = spell): Trouble =>
  ({ context }, { link }) => {
    const away = ms(context);
    if (sides.outbound) link.outbound = false;
    if (sides.inbound) link.inbound = false;
    context.time.after(away, () => {
      link.inbound = true;
      link.outbound = true;
    });
    return away;
  };

const freeze =
  (ms: (world: SimContext) => number): Trouble =>
  ({ context }, { process }) => {
    const away = ms(context);
    process.freeze();
    context.time.after(away, () => process.thaw());
    return away;
  };

/** The agent is gone until everything is healed. */
const kill: Trouble = (_sim, victim) => {
  victim.crash();
  return MINUTE;
};

const pause: Trouble = ({ context, oracles }, victim) => {
  const away = spell(context);
  victim.pause(away);
  context.time.after(away, () => oracles.fence.resumed(victim));
  return away;
};

/** Two minutes of a link that comes and goes. */
const flap: Trouble = (sim, victim) => {
  const { time, rng } = sim.context;
  const until = time.elapsed + 2 * MINUTE;
  const short = cut({ outbound: true, inbound: true }, () => rng.between(500, 20_000));
  const next = (): void => {
    if (time.elapsed < until) time.after(short(sim, victim) + rng.between(300, 6_000), next);
  };
  next();
  // Whether a spell was long enough to cost anything is chance.
  return SURELY_LOST_MS - 1;
};

/** The next heartbeat brings another watchdog; from then on the agent may vanish. */
const killWatchdogFirst: Trouble = ({ context }, victim) => {
  victim.watchdog.kill();
  context.time.after(12_000, () => victim.crash());
  return MINUTE;
};

/** Each machine's clocks gain or lose up to a tenth. */
function driftClocks({ context, agents }: SimWorld): void {
  for (const agent of agents) {
    agent.clock.rate = context.rng.between(0.9, 1.1);
    agent.restart();
  }
}

const eitherWay: Trouble = (sim, victim) =>
  sim.context.rng.chance(0.5) ? cut({ outbound: true, inbound: true })(sim, victim) : freeze(spell)(sim, victim);

/** Stops an agent between what it checked and what it does: right before a start, or anywhere around a creation. */
function freezeAtStart(sim: SimWorld): void {
  const { time, rng, seam, trace } = sim.context;
  let isDone = false;
  const freezeOnce = (agent: SimAgent | undefined, after: number): void => {
    if (isDone || !agent) return;
    isDone = true;
    const stop = (): void => {
      trace(`${agent.name} is frozen while it starts a task`);
      freeze(() => rng.between(MINUTE, 10 * MINUTE))(sim, agent);
    };
    if (after === 0) stop();
    else time.after(after, stop);
  };
  if (rng.chance(0.5)) {
    for (const agent of sim.agents) agent.machine.watch(() => freezeOnce(agent, rng.between(1, 120)));
    return;
  }
  const { onCall } = seam;
  seam.onCall = (call, verdict) => {
    onCall(call, verdict);
    const isStart = call.role === 'agent' && call.port === 'runtime' && call.operation === 'start';
    if (isStart)
      freezeOnce(
        sim.agents.find(({ name }) => name === call.host),
        0,
      );
  };
}

export const FENCE_PLANS: Readonly<Record<string, DirectedPlan>> = {
  'fence-partition': fence('partition', cut({ outbound: true, inbound: true })),
  'fence-partition-inbound': fence('inbound partition', cut({ outbound: false, inbound: true })),
  'fence-partition-outbound': fence('outbound partition', cut({ outbound: true, inbound: false })),
  'fence-freeze': fence(
    'freeze',
    freeze(({ rng }) => rng.between(MINUTE, 10 * MINUTE)),
  ),
  'fence-freeze-at-start': fence('freeze at a start', () => 10 * MINUTE, freezeAtStart),
  'fence-kill': fence('kill', kill),
  'fence-drift': fence('drift', eitherWay, driftClocks),
  'fence-pause': fence('pause of the machine', pause),
  'fence-flaps': fence('flaps', flap),
  'fence-watchdog-crash': fence('crash of the watchdog, then of the agent', killWatchdogFirst),
};
