import { beforeEach, describe, expect, test } from 'vitest';
import { PAYLOAD } from '#api/session/agent-message.ts';
import { issueTicket } from '#api/session/tickets.ts';
import { heartbeat } from '#control/instances/heartbeat.ts';
import { closeSession } from '#control/sessions/close-session.ts';
import { readSession } from '#control/sessions/read-session.ts';
import type { ExecOrder } from '#core/model/session.ts';
import { SECRET, type SessionWorld, sessionWorld } from '#test/support/session-world.ts';

const exec = (...command: string[]): ExecOrder => ({ kind: 'exec', command, terminal: true });

let world: SessionWorld;

beforeEach(async () => {
  world = await sessionWorld();
});

/** A session whose client is there and whose agent has been told. */
async function begun(order: ExecOrder, more: object = {}) {
  const { sessionId } = await world.grant(order);
  const client = world.client('socket-1');
  expect(await client.connect(sessionId)).toBe(200);
  expect(await client.open(sessionId, more)).toBe(200);
  await client.shakeHands();
  world.host.hear([sessionId]);
  await world.pass(200);
  return { sessionId, client };
}

describe('a session with a command', () => {
  test('from the handshake to the exit code, is what the client types and the command writes', async () => {
    const { sessionId, client } = await begun(exec('cat'), { BerthExitCode: true });
    expect(client.received().map(({ type, payloadType, sequence }) => [type, payloadType, sequence])).toEqual([
      ['output_stream_data', PAYLOAD.handshakeRequest, 0],
      ['acknowledge', 0, 0],
      ['output_stream_data', PAYLOAD.handshakeComplete, 1],
    ]);
    await client.input(PAYLOAD.size, '{"cols":80,"rows":24}');
    await client.type('hello ');
    await client.type('there');
    await world.pass(1_000);
    expect(client.text()).toBe('hello there');
    await client.end();
    await client.confirm();
    await world.pass(2_000);
    await client.confirm();
    await world.pass(2_000);
    expect(client.exitCode()).toBe('0');
    expect(client.closing()).toBe('');
    expect(world.sockets.closed).toEqual(['socket-1']);
    const left = await readSession(world.deps, sessionId);
    expect(left).toMatchObject({ input: [], output: [], grant: { value: { closed: {} } } });
  });

  test('the agent, is told of it by a bell and by its heartbeats, once its client is there and not before', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const beat = () =>
      heartbeat(
        world.deps,
        { cluster: 'default', instanceId: world.agent.instanceId },
        { protocol: 1, agentEpoch: world.agent.epoch, seen: 0, synced: true, known: [world.taskId], reports: [] },
      );
    expect((await beat()).sessions).toBeUndefined();
    expect(world.bells).toEqual([]);
    const client = world.client('socket-1');
    await client.open(sessionId);
    expect(world.bells).toEqual([]);
    await client.shakeHands();
    expect(world.bells).toMatchObject([{ session: sessionId, instanceId: world.agent.instanceId, sequence: 0 }]);
    expect((await beat()).sessions).toEqual([sessionId]);
    world.advance(60_000);
    expect((await beat()).sessions).toBeUndefined();
  });

  test('a client without handshake, may begin to type', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const client = world.client('socket-1');
    await client.open(sessionId);
    await client.type('straight away');
    world.host.hear([sessionId]);
    await world.pass(500);
    expect(client.text()).toBe('straight away');
  });

  test('a client that takes text only, is sent every message as base64', async () => {
    const { client } = await begun(exec('echo', 'hello'), { BerthFraming: 'base64' });
    expect(world.sockets.sent.every(({ frame }) => typeof frame === 'string')).toBe(true);
    expect(client.text()).toBe('hello\n');
  });

  test('output nobody confirmed, is sent again until it is, and the end waits for it', async () => {
    const { client } = await begun(exec('echo', 'hello'));
    const first = world.sockets.sent.length;
    await world.pass(2_000);
    expect(world.sockets.sent.length).toBeGreaterThan(first);
    expect(client.closing()).toBeUndefined();
    await client.confirm();
    await world.pass(2_000);
    expect(client.text()).toBe('hello\n');
    expect(client.closing()).toBe('');
  });

  test('a client that confirms nothing, does not keep a session that is over', async () => {
    const { client } = await begun(exec('echo', 'hello'));
    await world.pass(40_000);
    expect(client.closing()).toBe('');
  });

  test('answers that are lost, cost nothing and double nothing', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const client = world.client('socket-1');
    await client.open(sessionId, { BerthExitCode: true });
    await client.shakeHands();
    // The claim, too: it is made again when the agent is told again.
    world.loseAnswers(1);
    world.host.hear([sessionId]);
    await world.pass(100);
    world.host.hear([sessionId]);
    await world.pass(100);
    const lines = Array.from({ length: 12 }, (_, number) => `line ${number}\n`);
    for (const line of lines) {
      world.loseAnswers(1);
      await client.type(line);
      await world.pass(2_000);
      await client.confirm();
    }
    expect(client.text()).toBe(lines.join(''));
  });

  test('a message that comes twice, is acknowledged twice and typed once', async () => {
    const { client } = await begun(exec('cat'));
    await client.input(PAYLOAD.data, 'once', 0, 1);
    await client.input(PAYLOAD.data, 'once', 0, 1);
    await world.pass(1_000);
    await client.input(PAYLOAD.data, 'once', 0, 1);
    await world.pass(1_000);
    expect(client.text()).toBe('once');
    expect(client.received().filter(({ type }) => type === 'acknowledge')).toHaveLength(4);
  });

  test('messages out of order, are typed in theirs', async () => {
    const { client } = await begun(exec('cat'));
    await client.input(PAYLOAD.data, 'second', 0, 2);
    await world.pass(1_000);
    expect(client.text()).toBe('');
    await client.input(PAYLOAD.data, 'first ', 0, 1);
    await world.pass(1_000);
    expect(client.text()).toBe('first second');
  });

  test('a client that hangs up, ends the command', async () => {
    const { sessionId, client } = await begun(exec('sleep', '600'));
    expect(await client.disconnect()).toBe(200);
    await world.pass(3_000);
    const seen = world.calls();
    await world.pass(60_000);
    expect(world.calls()).toBe(seen);
    expect((await readSession(world.deps, sessionId))?.grant.value.closed?.reason).toBe('The client went away.');
  });

  test('a client that is gone when output is sent, ends the command', async () => {
    const { sessionId, client } = await begun(exec('cat'));
    world.sockets.lose('socket-1');
    await client.type('nobody sees this');
    await world.pass(3_000);
    expect((await readSession(world.deps, sessionId))?.grant.value.closed?.reason).toBe('The client went away.');
  });

  test('a command in a container that has ended, is told as it is', async () => {
    world.machine.exit(world.container, 0);
    const { client } = await begun(exec('sh'));
    await world.pass(3_000);
    expect(client.closing()).toContain('does not run');
  });

  test('an agent that is not heard from any more, is told to the client when it types', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const client = world.client('socket-1');
    await client.open(sessionId);
    await client.shakeHands();
    await world.wire(world.agent).claim({ protocol: 1, agentEpoch: world.agent.epoch, sessionId }, undefined as never);
    world.advance(61_000);
    await client.type('hello?');
    expect(client.closing()).toBe('The agent of the task is not heard from any more.');
    expect(world.sockets.closed).toEqual(['socket-1']);
  });

  test('a session that nobody uses for 20 minutes, ends', async () => {
    const { client } = await begun(exec('sleep', '600'));
    for (let minute = 0; minute < 19; minute += 1) await world.pass(60_000, 1_000);
    expect(client.closing()).toBeUndefined();
    await world.pass(120_000, 1_000);
    expect(client.closing()).toBe('The session was idle for 20 minutes.');
  });

  test('a command that reads nothing, holds its client up, and an agent that has too much holds its command up', async () => {
    const { sessionId, client } = await begun(exec('sleep', '600'));
    const { sessionId: other } = await world.grant(exec('cat'));
    const typist = world.client('socket-2');
    await typist.open(other);
    for (let number = 0; number < 80; number += 1) await typist.type(`${number}`);
    // Nobody took any of it: the first 64 are kept and acknowledged, the rest has to come again.
    expect(typist.received().filter(({ type }) => type === 'acknowledge')).toHaveLength(64);
    expect((await readSession(world.deps, other))?.input).toHaveLength(64);
    const pieces = Array.from({ length: 6 }, (_, at) => at);
    let nextOutput = 0;
    for (let round = 0; round < 10; round += 1) {
      const outcome = await world.wire(world.agent).exchange(
        {
          protocol: 1,
          agentEpoch: world.agent.epoch,
          sessionId,
          nextInput: 0,
          output: pieces.map((at) => ({ sequence: nextOutput + at, stream: 'stdout', data: 'eA==' })),
        },
        undefined as never,
      );
      if (outcome.kind === 'answered') nextOutput = outcome.answer.nextOutput;
    }
    expect(nextOutput).toBe(24);
    expect(client.text()).toBe('x'.repeat(24));
  });

  test('ended by an operator of the store, is over for the agent at its next exchange', async () => {
    const { sessionId } = await begun(exec('sleep', '600'));
    await closeSession(world.deps, sessionId, 'enough');
    const outcome = await world
      .wire(world.agent)
      .exchange(
        { protocol: 1, agentEpoch: world.agent.epoch, sessionId, nextInput: 0, output: [] },
        undefined as never,
      );
    expect(outcome).toMatchObject({ kind: 'answered', answer: { state: 'closed' } });
  });
});

describe('whose a session is (T38)', () => {
  test('a token, opens its session once and no other', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const first = world.client('socket-1');
    expect(await first.open(sessionId)).toBe(200);
    expect(await world.client('socket-2').open(sessionId)).toBe(403);
    expect(await world.client('socket-3').open('test-another')).toBe(403);
    expect(world.sockets.closed).toEqual(['socket-2', 'socket-3']);
  });

  test('a token, is void after a minute, whoever has it', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const late = world.client('socket-1');
    world.advance(60_000);
    // A ticket of now for a grant of then: the grant itself is over, too.
    expect(await late.open(sessionId)).toBe(403);
  });

  test('whoever brings no ticket of ours, is refused without a look into the store', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const stranger = world.client('socket-1');
    const forged = await issueTicket(`${SECRET}?`, sessionId, 'token', world.clock.now());
    const url = await issueTicket(SECRET, sessionId, 'url', world.clock.now());
    const before = world.calls();
    for (const TokenValue of [forged, url, 'x'.repeat(500), sessionId, '', { a: 1 }]) {
      expect(await stranger.message(JSON.stringify({ TokenValue }))).toBe(403);
    }
    expect(await stranger.message('{"TokenValue":')).toBe(403);
    expect(await stranger.message(`{"TokenValue":"${'y'.repeat(10_000)}"}`)).toBe(403);
    expect(world.calls()).toBe(before);
  });

  test('a socket without a session, may send nothing', async () => {
    expect(await world.client('socket-1').type('hello')).toBe(403);
    expect(await world.client('socket-1').message(Buffer.from('garbage'))).toBe(403);
    expect(await world.client('socket-1').disconnect()).toBe(200);
  });

  test('messages that are none, change nothing', async () => {
    const { client } = await begun(exec('cat'));
    const before = world.sockets.sent.length;
    for (const body of [Buffer.alloc(0), Buffer.alloc(119), Buffer.alloc(500, 255), 'not base64 at all']) {
      expect(await client.message(body)).toBe(200);
    }
    expect(await client.input(99, 'unknown')).toBe(200);
    await client.input(PAYLOAD.size, '{"cols":-1,"rows":"x"}', 0, 1);
    await client.input(PAYLOAD.size, 'no json', 0, 2);
    await client.input(PAYLOAD.data, 'fine', 0, 3);
    await world.pass(1_000);
    expect(world.sockets.sent.length).toBeGreaterThan(before);
    expect(client.text()).toBe('fine');
  });

  test('another agent, or another life of the same one, gets nothing of it', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const client = world.client('socket-1');
    await client.open(sessionId);
    await client.shakeHands();
    const other = await world.anotherAgent('two');
    const head = { protocol: 1, agentEpoch: 1, sessionId };
    const exchange = { ...head, nextInput: 0, output: [] };
    for (const wire of [world.wire(other), world.wire(world.agent, world.agent.epoch + 1)]) {
      expect(await wire.claim(head, undefined as never)).toMatchObject({ kind: 'refused', message: 'TargetNotFound' });
      expect(await wire.exchange(exchange, undefined as never)).toMatchObject({ kind: 'refused' });
    }
    const own = world.wire(world.agent);
    expect(await own.claim(head, undefined as never)).toMatchObject({ kind: 'answered' });
    for (const wire of [world.wire(other), world.wire(world.agent, world.agent.epoch + 1)]) {
      expect(await wire.exchange(exchange, undefined as never)).toMatchObject({ kind: 'refused' });
    }
  });

  test('an agent that holds the task no longer, cannot begin', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const client = world.client('socket-1');
    await client.open(sessionId);
    await client.shakeHands();
    world.agent.crash(world.taskId);
    await world.agent.beat();
    const claim = { protocol: 1, agentEpoch: world.agent.epoch, sessionId };
    expect(await world.wire(world.agent).claim(claim, undefined as never)).toMatchObject({ kind: 'refused' });
  });

  test('before its client is ready, or after a minute, cannot begin', async () => {
    const { sessionId } = await world.grant(exec('cat'));
    const claim = { protocol: 1, agentEpoch: world.agent.epoch, sessionId };
    const own = world.wire(world.agent);
    expect(await own.claim(claim, undefined as never)).toMatchObject({ kind: 'refused' });
    const client = world.client('socket-1');
    await client.open(sessionId);
    expect(await own.claim(claim, undefined as never)).toMatchObject({ kind: 'refused' });
    await client.shakeHands();
    world.advance(60_000);
    expect(await own.claim(claim, undefined as never)).toMatchObject({ kind: 'refused' });
  });
});
