import { assertNever } from '#core/assert-never.ts';
import type { ExecOrder, InputPiece, LogsOrder } from '#core/model/session.ts';
import type { ClaimResponse } from '#events/session-wire.ts';
import { messageOf } from '../ports.ts';
import type { ContainerRuntime, RunningCommand } from '../runtime/port.ts';
import { findRun } from './find-run.ts';
import { type LinkDeps, SessionLink } from './session-link.ts';

export type SessionWorld = Omit<LinkDeps, 'onInput'> & { readonly runtime: ContainerRuntime };

/** Carries a session out, from its claim to its end. Never rejects: what goes wrong is the session's end. */
export function runSession(world: SessionWorld, claim: ClaimResponse): Promise<void> {
  const { order } = claim;
  switch (order.kind) {
    case 'exec':
      return runCommand(world, claim, order);
    case 'logs':
      return sendLogs(world, claim, order);
    default:
      return assertNever(order);
  }
}

async function runCommand(world: SessionWorld, claim: ClaimResponse, { command, terminal }: ExecOrder): Promise<void> {
  let running: RunningCommand | undefined;
  const link = new SessionLink({
    ...world,
    // Input to something that ends in this moment has nobody to go to.
    onInput: (piece) => (running ? give(running, piece).catch(() => undefined) : Promise.resolve()),
  });
  try {
    running = await world.runtime.open(await findRun(world.runtime, claim), { command, terminal });
    void sendOutput(running, link);
  } catch (error) {
    link.finish({ reason: messageOf(error).slice(0, 500) });
  }
  await link.run();
  await running?.kill().catch(() => undefined);
}

async function sendOutput(running: RunningCommand, link: SessionLink): Promise<void> {
  try {
    for await (const chunk of running.output) await link.push(chunk);
    link.finish({ exitCode: await running.exitCode() });
  } catch (error) {
    link.finish({ reason: messageOf(error).slice(0, 500) });
  }
}

async function give(running: RunningCommand, piece: InputPiece): Promise<void> {
  switch (piece.kind) {
    case 'data':
      return running.write(Buffer.from(piece.data, 'base64'));
    case 'size':
      return running.resize(piece.columns, piece.rows);
    case 'end':
      return running.endInput();
    case 'stop':
      return running.kill();
    case 'none':
      return undefined;
    default:
      return assertNever(piece);
  }
}

async function sendLogs(world: SessionWorld, claim: ClaimResponse, order: LogsOrder): Promise<void> {
  const gone = new AbortController();
  const link = new SessionLink({ ...world, onInput: async () => {} });
  const read = async (): Promise<void> => {
    try {
      const name = await findRun(world.runtime, claim, order.previous);
      for await (const chunk of world.runtime.logs(name, order, gone.signal)) await link.push(chunk);
      link.finish({});
    } catch (error) {
      link.finish({ reason: messageOf(error).slice(0, 500) });
    }
  };
  void read();
  await link.run();
  gone.abort();
}
