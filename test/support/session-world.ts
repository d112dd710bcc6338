import type { CallOutcome, SessionWire } from '#agent/client/control-plane.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import { SessionHost } from '#agent/sessions/session-host.ts';
import { type AgentMessage, decodeMessage, encodeMessage, PAYLOAD } from '#api/session/agent-message.ts';
import { deliver } from '#api/session/deliver.ts';
import { serveSocket } from '#api/session/serve-socket.ts';
import { issueTicket } from '#api/session/tickets.ts';
import type { Dependencies } from '#control/dependencies.ts';
import { claimSession } from '#control/sessions/claim-session.ts';
import { exchangeSession } from '#control/sessions/exchange-session.ts';
import { openSession } from '#control/sessions/open-session.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { runTask } from '#control/tasks/run-task.ts';
import { Fault } from '#core/fault.ts';
import type { SessionGrant, SessionOrder } from '#core/model/session.ts';
import { timingsAt } from '#core/timings.ts';
import type { BellMessage } from '#events/agent-wire.ts';
import { silentLog } from './agent-silent-log.ts';
import { aContainerSpec, aSimulated } from './agent-specs.ts';
import { steppedTime } from './agent-stepped-time.ts';
import type { FlowAgent } from './flow-agent.ts';
import { flowWorld } from './flow-world.ts';
import { recordingSockets } from './recording-sockets.ts';

export const SECRET = 'the installation’s secret';

/** One task on one machine, whose agent carries sessions out in simulated containers, and clients that speak to it. */
export async function sessionWorld() {
  const world = await flowWorld();
  const sockets = recordingSockets();
  const bells: BellMessage[] = [];
  let lost = 0;
  let storeCalls = 0;
  const counted = new Proxy(world.deps.store, {
    get: (store, name) => {
      const member = store[name as keyof typeof store] as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        storeCalls += 1;
        return member.apply(store, args);
      };
    },
  });
  const ring = async (_: string, bell: BellMessage): Promise<void> => {
    if (bell.session !== undefined) bells.push(bell);
  };
  const deps: Dependencies = {
    ...world.deps,
    store: counted,
    sockets,
    channel: { open: async () => {}, ring, close: async () => {} },
  };
  const agent = await world.agent('one');
  const { tasks } = await runTask(deps, {
    cluster: 'default',
    taskDefinition: 'web',
    count: 1,
    launchType: 'EC2',
    placementConstraints: [],
    placementStrategy: [],
    enableExecuteCommand: true,
    tags: [],
  });
  const taskId = tasks[0]?.task.taskId ?? '';
  await world.converge();

  const time = steppedTime();
  const machine = new SimulatedMachine(time.timers);
  const runtime = simulatedRuntime(machine, time.timers).open([agent.instanceId]);
  const spec = aContainerSpec(taskId, agent.instanceId, aSimulated('app'));
  await runtime.create(spec);
  await runtime.start(spec.name);

  /** The wire of one agent; an answer that is lost was served all the same. */
  const wire = (who: FlowAgent, agentEpoch = who.epoch): SessionWire => {
    const principal = { cluster: 'default', instanceId: who.instanceId, agentEpoch };
    const call = async <T>(serve: () => Promise<T>): Promise<CallOutcome<T>> => {
      try {
        const answer = await serve();
        if (lost > 0) {
          lost -= 1;
          return { kind: 'unavailable', message: 'the answer was lost' };
        }
        return { kind: 'answered', answer };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return { kind: 'refused', message: error.code };
      }
    };
    return {
      claim: ({ sessionId }) => call(() => claimSession(deps, principal, sessionId)),
      exchange: (request) =>
        call(async () => {
          const exchanged = await exchangeSession(deps, principal, request);
          await deliver(deps, exchanged);
          return exchanged.answer;
        }),
    };
  };
  const hostDeps = { ...time, log: silentLog, random: () => 0.5, timings: timingsAt(), sessions: wire(agent) };
  // What the host does not use of an agent's dependencies is not there.
  const host = new SessionHost(hostDeps as unknown as ConstructorParameters<typeof SessionHost>[0], runtime, {
    agentEpoch: agent.epoch,
  } as ConstructorParameters<typeof SessionHost>[2]);

  return {
    ...world,
    deps,
    sockets,
    bells,
    agent,
    anotherAgent: (name: string) => world.agent(name),
    host,
    wire,
    machine,
    container: spec.name,
    taskId,
    calls: () => storeCalls,
    loseAnswers: (count: number) => {
      lost = count;
    },
    /** Time on both sides, in steps. */
    pass: async (ms: number, step = 20) => {
      for (let left = ms; left > 0; left -= step) {
        world.advance(Math.min(left, step));
        await time.advance(Math.min(left, step));
      }
    },
    grant: async (order: SessionOrder): Promise<SessionGrant> => {
      const [view] = await describeTasks(deps, 'default', [taskId]);
      if (!view) throw new Error('the task is gone');
      return openSession(deps, { view, container: 'app', order, caller: 'ada', prefix: 'test-' });
    },
    client: (connection: string) => client(deps, sockets, connection),
  };
}

export type SessionWorld = Awaited<ReturnType<typeof sessionWorld>>;

/** A client of the data channel as far as tests need one. */
function client(deps: Dependencies, sockets: ReturnType<typeof recordingSockets>, connection: string) {
  const server = { deps, secret: async () => SECRET };
  let sequence = 0;
  const message = (body: string | Buffer) => serveSocket(server, { kind: 'message', connection, body });
  const input = (payloadType: number, payload: string | Buffer = '', flags = 0, at = sequence++) =>
    message(
      encodeMessage({
        type: 'input_stream_data',
        createdAt: deps.clock.now(),
        sequence: at,
        flags,
        id: '00000000-0000-4000-8000-000000000001',
        payloadType,
        payload: Buffer.from(payload),
      }),
    );
  const received = (): readonly AgentMessage[] =>
    sockets.sent
      .filter((one) => one.connection === connection)
      .flatMap(
        ({ frame }) =>
          decodeMessage(typeof frame === 'string' ? Buffer.from(frame, 'base64') : Buffer.from(frame)) ?? [],
      );
  const output = () => received().filter(({ type }) => type === 'output_stream_data');
  return {
    connect: async (sessionId: string) => {
      const ticket = await issueTicket(SECRET, sessionId, 'url', deps.clock.now());
      return serveSocket(server, { kind: 'connect', connection, ticket });
    },
    disconnect: () => serveSocket(server, { kind: 'disconnect', connection }),
    open: async (sessionId: string, more: object = {}) => {
      const TokenValue = await issueTicket(SECRET, sessionId, 'token', deps.clock.now());
      return message(JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: 'r', TokenValue, ...more }));
    },
    shakeHands: () => input(PAYLOAD.handshakeResponse, '{"ProcessedClientActions":[]}'),
    message,
    input,
    type: (text: string) => input(PAYLOAD.data, text),
    end: () => input(PAYLOAD.data, '', 2),
    received,
    /** Confirms every output that has come. */
    confirm: async () => {
      for (const { sequence: at, id } of output()) {
        const payload = JSON.stringify({
          AcknowledgedMessageType: 'output_stream_data',
          AcknowledgedMessageId: id,
          AcknowledgedMessageSequenceNumber: at,
          IsSequentialMessage: true,
        });
        const head = { type: 'acknowledge', createdAt: 1, sequence: 0, flags: 3, id, payloadType: 0 } as const;
        await message(encodeMessage({ ...head, payload: Buffer.from(payload) }));
      }
    },
    /** What the command wrote, each number once and in order. */
    text: () => {
      const data = output().filter(({ payloadType }) => payloadType === PAYLOAD.data);
      const byNumber = new Map(data.map((one) => [one.sequence, Buffer.from(one.payload).toString()]));
      return [...byNumber.keys()]
        .sort((a, b) => a - b)
        .map((at) => byNumber.get(at))
        .join('');
    },
    exitCode: () => {
      const last = output().find(({ payloadType }) => payloadType === PAYLOAD.exitCode);
      return last && Buffer.from(last.payload).toString();
    },
    closing: () => {
      const last = received().find(({ type }) => type === 'channel_closed');
      return last && (JSON.parse(Buffer.from(last.payload).toString()) as { readonly Output: string }).Output;
    },
  };
}
