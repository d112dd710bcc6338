/** Durations in milliseconds. One factor scales them all, for tests and demonstrations. */
export interface Timings {
  /** How often an agent reports when nothing changes. */
  readonly heartbeat: number;
  /** Share of the heartbeat that is drawn at random, so that agents spread out. */
  readonly heartbeatJitter: number;
  /** How long the control plane trusts an agent it has not heard from. */
  readonly lease: number;
  /** How much earlier than the lease the agent itself considers it over. */
  readonly agentMargin: number;
  /** How often the watchdog of fenced tasks looks at the lease (rule R6). */
  readonly watchdogTick: number;
  /** How much later than the lease the control plane declares the agent lost (rule R5). */
  readonly serverMargin: number;
  /** How often the level-triggered sweep looks for anything events missed. */
  readonly sweep: number;
  /** How often the balance of a steady service over zones is looked at, and how long it rests after a move in vain. */
  readonly balance: number;
  /** First and longest delay before a crashed slot starts again: 1, 2, 4 ... 300 s. */
  readonly crashBackoff: number;
  readonly crashBackoffMax: number;
  /** Longest delay before a slot starts again whose tasks never ran: 27 minutes, as on ECS. */
  readonly startBackoffMax: number;
  /** A task that ran this long before it stopped does not count as a repeated crash. */
  readonly crashReset: number;
  /** How long a task must run before it counts as healthy, when nothing checks its health (40 s on ECS). */
  readonly healthyAfter: number;
  /** One minute of what users give in minutes: bake times and the patience of lifecycle hooks. */
  readonly minute: number;
  /** First and longest reconnect delay of an agent, full jitter. */
  readonly reconnect: number;
  readonly reconnectMax: number;
  /** How long stopped tasks stay describable (AWS's hour is too short for whoever comes to work in the morning). */
  readonly stoppedRetention: number;
  /** How long the events of the outbox can be read. */
  readonly eventRetention: number;
  /** How much later than its own time an event may be committed and still reach whoever follows the outbox. */
  readonly outboxSettle: number;
  /** How long a client token is remembered. */
  readonly tokenRetention: number;
  /** How long a machine the provider launched may take to register. */
  readonly machineStart: number;
  /** How long a machine must be idle before it is recycled. */
  readonly machineIdle: number;
}

const DEFAULTS: Timings = {
  heartbeat: 5_000,
  heartbeatJitter: 0.1,
  lease: 20_000,
  agentMargin: 4_000,
  watchdogTick: 500,
  serverMargin: 2_000,
  sweep: 30_000,
  balance: 300_000,
  crashBackoff: 1_000,
  crashBackoffMax: 300_000,
  startBackoffMax: 27 * 60_000,
  crashReset: 600_000,
  healthyAfter: 40_000,
  minute: 60_000,
  reconnect: 250,
  reconnectMax: 30_000,
  stoppedRetention: 24 * 3_600_000,
  eventRetention: 24 * 3_600_000,
  outboxSettle: 10_000,
  tokenRetention: 24 * 3_600_000,
  machineStart: 120_000,
  machineIdle: 60_000,
};

/** Retentions are promises to clients, not protocol pace, so the factor leaves them alone; the jitter is a share. */
const UNSCALED: ReadonlySet<keyof Timings> = new Set([
  'heartbeatJitter',
  'stoppedRetention',
  'eventRetention',
  'tokenRetention',
]);

/** What an operator may choose to keep longer or shorter. */
export type Retentions = Partial<Pick<Timings, 'stoppedRetention' | 'eventRetention'>>;

/** `scale` 1 is the documented pace, 0.1 is ten times faster. */
export function timingsAt(scale = 1, retentions: Retentions = {}): Timings {
  const entries = Object.entries(DEFAULTS) as [keyof Timings, number][];
  const scaled = entries.map(([name, value]) => [name, UNSCALED.has(name) ? value : value * scale]);
  return { ...(Object.fromEntries(scaled) as unknown as Timings), ...retentions };
}
