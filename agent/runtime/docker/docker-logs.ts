import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Timers } from '../../ports.ts';
import type { LogsWanted, OutputChunk } from '../port.ts';
import { engineCall } from './engine-call.ts';
import { readFrames } from './frames.ts';

const ASK_MS = 30_000;

/** What an engine keeps of a container's output, and what comes while it is followed. */
export async function* readLogs(
  docker: Docker,
  timers: Timers,
  runtimeId: string,
  { follow, timestamps, tail, since }: LogsWanted,
  signal: AbortSignal,
): AsyncGenerator<OutputChunk> {
  // The library reads the answer to its end before it gives it away, unless it is asked to follow.
  const query = {
    follow: String(follow),
    timestamps: String(timestamps),
    stdout: 'true',
    stderr: 'true',
    tail: tail === undefined ? 'all' : String(tail),
    ...(since === undefined ? {} : { since: (since / 1_000).toFixed(3) }),
  };
  const answer = await engineCall(timers, 'CannotInspectContainerError', ASK_MS, () =>
    dial(docker, runtimeId, query, signal),
  );
  try {
    yield* readFrames(answer);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    answer.destroy();
  }
}

const dial = (
  docker: Docker,
  runtimeId: string,
  query: Readonly<Record<string, string>>,
  abortSignal: AbortSignal,
): Promise<Readable> =>
  new Promise((resolve, reject) => {
    const options = {
      // The library puts the query behind this question mark.
      path: `/containers/${encodeURIComponent(runtimeId)}/logs?`,
      options: query,
      method: 'GET',
      isStream: true,
      abortSignal,
      statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    };
    docker.modem.dial(options, (error: unknown, answer: unknown) =>
      error ? reject(error) : resolve(answer as Readable),
    );
  });
