import type { Dependencies } from '#control/dependencies.ts';
import { closeSession } from '#control/sessions/close-session.ts';
import type { Exchanged } from '#control/sessions/exchange-session.ts';
import { type Line, sendEnd, sendOutput } from './data-channel.ts';

/** Sends a client what its agent just brought. One that is gone ends its session. */
export async function deliver(deps: Dependencies, { grant, deliver: pieces, over, answer }: Exchanged): Promise<void> {
  const { sockets } = deps;
  const { client, sessionId } = grant;
  const line: Line | undefined = sockets && client && { ...deps, sockets, client };
  for (const piece of line ? pieces : []) {
    if (line && !(await sendOutput(line, piece))) return closeSession(deps, sessionId, 'The client went away.');
  }
  if (!over) return;
  if (line) await sendEnd(line, grant, over, answer.nextOutput);
  await closeSession(deps, sessionId, over.reason ?? 'The command ended.');
  await line?.sockets.close(line.client.connection);
}
