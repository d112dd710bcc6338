import { newAgentKey } from '#agent/client/agent-key.ts';
import type { ControlPlane } from '#agent/client/control-plane.ts';
import { httpControlPlane } from '#agent/client/http-control-plane.ts';
import type { HttpExchange } from '#agent/client/http-exchange.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import { timingsAt } from '#core/timings.ts';
import type { HeartbeatRequest } from '#events/agent-wire.ts';
import { functionPath } from '#local/gateway.ts';
import type { Serve } from '#local/http-server.ts';
import type { Meter } from './meter.ts';
import type { VirtualTime } from './virtual-time.ts';

export const JOIN_TOKEN = 'ledger';
const IDLE_HEARTBEAT = 'idle: heartbeat without news';
const IDLE_AUTHORIZER = 'idle: authorizer of a poll';
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ENDPOINT = 'http://control-plane.invalid';
const HEARTBEAT_PATH = functionPath('agentHeartbeat');
export const HEARTBEAT_URL = `${ENDPOINT}${HEARTBEAT_PATH}`;
/** Any constant does: it only moves heartbeats within their jitter. */
const MIDDLE = 0.5;

/** Carries an agent's requests to the gateway, each billed to what it was for. */
export function agentExchange(gateway: Serve, meter: Meter, ending: AbortSignal): HttpExchange {
  /** Channels whose last poll was ended by a bell: the poll that follows would not be needed without it. */
  const rung = new Set<string>();
  return ({ method, url, headers, body = '', signal }) => {
    const send = async () => {
      // A poll is billed when it ends: only then is it known whether a bell ended it. A request to a function's own
      // address passes no API Gateway, and Lambda bills its invocation alone.
      if (method === 'POST' && !isFunctionUrl(url)) meter.add('apiRequests', 1);
      const answer = await gateway({
        method,
        url: `${url.pathname}${url.search}`,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        body: Buffer.from(body),
        signal: signal ? AbortSignal.any([signal, ending]) : ending,
      });
      if (answer.body.includes('<Message>')) rung.add(url.search);
      else rung.delete(url.search);
      return { status: answer.status, body: answer.body };
    };
    return meter.as(purposeOf(url, body, rung.has(url.search)), send);
  };
}

const isFunctionUrl = ({ pathname }: URL): boolean => pathname.startsWith(HEARTBEAT_PATH);

function purposeOf(url: URL, body: string, afterBell: boolean): string {
  if (url.pathname.endsWith('/channel')) return afterBell ? 'authorizer of the poll after a bell' : IDLE_AUTHORIZER;
  if (!isFunctionUrl(url) && !url.pathname.endsWith('/heartbeat')) return 'registration';
  const { reports } = JSON.parse(body) as HeartbeatRequest;
  // An agent never sends a heartbeat for PENDING's sake: one that only says so is the regular one.
  return reports.some(({ status }) => status !== 'PENDING') ? 'heartbeat with reports' : IDLE_HEARTBEAT;
}

/** A real agent with a simulated machine, in virtual time. */
export function startLedgerAgent(position: number, time: VirtualTime, exchange: HttpExchange): Promise<RunningAgent> {
  const attributes = { 'ecs.availability-zone': 'local' };
  return runAgent(
    {
      endpoint: ENDPOINT,
      cluster: 'default',
      joinToken: JOIN_TOKEN,
      dataDir: '',
      runtime: 'simulated',
      attributes,
      timeScale: 1,
    },
    {
      clock: time.clock,
      timers: time.agentTimers,
      log: SILENT,
      random: () => MIDDLE,
      timings: timingsAt(),
      controlPlane: countedAsWork(httpControlPlane(ENDPOINT, exchange, time.clock), time),
      disk: memoryDisk(),
      runtime: simulatedRuntime(new SimulatedMachine(time.agentTimers), time.agentTimers),
      newKey: newAgentKey,
      newAttempt: () => `attempt-${position}`,
      facts: { hostname: `machine-${position}`, cpu: 4_096, memory: 8_192, attributes },
    },
  );
}

/** Signing and verifying happen on other threads, so time must not move on while a call is under way. */
const countedAsWork = (plane: ControlPlane, time: VirtualTime): ControlPlane => ({
  register: (request, credential) => time.busy(() => plane.register(request, credential)),
  heartbeat: (request, credential) => time.busy(() => plane.heartbeat(request, credential)),
  listen: (credential, signal) => time.busy(() => plane.listen(credential, signal)),
});
