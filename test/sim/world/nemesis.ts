import { isOurs } from '../oracles/machine-watch.ts';
import type { Oracles } from '../oracles/oracles.ts';
import type { SimAgent } from './sim-agent.ts';
import type { SimContext } from './sim-context.ts';

/** Random trouble for machines, agents and links. Everything it does heals by itself, except a machine's death. */
export class Nemesis {
  readonly #world: SimContext;
  readonly #agents: readonly SimAgent[];
  readonly #oracles: Oracles;
  #deaths = 0;
  #crashes = 0;

  constructor(world: SimContext, agents: readonly SimAgent[], oracles: Oracles) {
    this.#world = world;
    this.#agents = agents;
    this.#oracles = oracles;
  }

  act(): void {
    const { rng } = this.#world;
    const agent = rng.pick(this.#agents.filter(({ isDestroyed }) => !isDestroyed));
    if (!agent) return;
    const dice = rng.next();
    if (dice < 0.25) this.#restart(agent);
    else if (dice < 0.4) this.#freeze(agent);
    else if (dice < 0.65) this.#partition(agent);
    else if (dice < 0.75) this.outage(rng.between(2_000, 90_000));
    else if (dice < 0.95) this.#crashContainer(agent);
    else this.#destroy(agent);
  }

  /** Ends all trouble but deaths. */
  heal(): void {
    this.#world.isOutage = false;
    for (const agent of this.#agents) {
      agent.link.inbound = true;
      agent.link.outbound = true;
      agent.process.thaw();
      for (const { name } of agent.machine.list()) agent.machine.answer(name, 0);
      if (agent.process.isDead) agent.start();
    }
  }

  #restart(agent: SimAgent): void {
    const { rng, time, trace } = this.#world;
    const away = rng.chance(0.3) ? rng.between(20_000, 90_000) : rng.between(100, 8_000);
    const isBookLost = rng.chance(0.2);
    trace(`${agent.name} crashes for ${Math.round(away)} ms${isBookLost ? ' and loses its task book' : ''}`);
    this.#trouble(agent, away);
    agent.crash();
    if (isBookLost) agent.loseBook();
    time.after(away, () => agent.process.isDead && agent.restart());
  }

  #freeze(agent: SimAgent): void {
    const { rng, time, trace } = this.#world;
    const away = rng.between(500, 60_000);
    const { process } = agent;
    trace(`${agent.name} is frozen for ${Math.round(away)} ms`);
    this.#trouble(agent, away);
    process.freeze();
    time.after(away, () => process.thaw());
  }

  #partition(agent: SimAgent): void {
    const { rng, time, trace } = this.#world;
    const away = rng.between(1_000, 70_000);
    const sides = rng.pick(['both', 'inbound', 'outbound'] as const) ?? 'both';
    trace(`${agent.name} is cut off (${sides}) for ${Math.round(away)} ms`);
    this.#trouble(agent, away);
    if (sides !== 'inbound') agent.link.outbound = false;
    if (sides !== 'outbound') agent.link.inbound = false;
    time.after(away, () => {
      agent.link.inbound = true;
      agent.link.outbound = true;
    });
  }

  /** Nobody reaches the control plane, and no function runs, for `away` ms. */
  outage(away: number): void {
    const { time, trace } = this.#world;
    if (this.#world.isOutage) return;
    trace(`the control plane is away for ${Math.round(away)} ms`);
    this.#world.isOutage = true;
    this.#world.outageBeganAt = time.elapsed;
    time.after(away, () => {
      this.#world.isOutage = false;
      this.#world.outageEndedAt = time.elapsed;
      trace('the control plane is back');
    });
  }

  #crashContainer(agent: SimAgent): void {
    const container = this.#world.rng.pick(
      agent.machine.list().filter((info) => info.state === 'running' && isOurs(info)),
    );
    if (!container) return;
    this.#crashes += 1;
    // Counted, not drawn, so that the schedules of a seed stay what they are. Who has no check does not notice.
    if (this.#crashes % 3 === 0) {
      this.#world.trace(`${container.labels.task.slice(0, 6)} falls ill on ${agent.name}`);
      agent.machine.answer(container.name, 1);
      return;
    }
    this.#world.trace(`${container.labels.task.slice(0, 6)} crashes on ${agent.name}`);
    this.#oracles.machines.byNemesis(() => agent.machine.exit(container.name, 1));
  }

  #destroy(agent: SimAgent): void {
    if (this.#deaths > 0) return;
    this.#deaths += 1;
    this.#world.trace(`${agent.name} dies for good`);
    agent.destroy();
    this.#oracles.machines.machineDied(agent);
  }

  #trouble(agent: SimAgent, ms: number): void {
    agent.troubledUntil = Math.max(agent.troubledUntil, this.#world.time.elapsed + ms);
  }
}
