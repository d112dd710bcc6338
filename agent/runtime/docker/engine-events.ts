import type Docker from 'dockerode';
import { type AgentLog, type Cancel, messageOf, type Timers } from '../../ports.ts';
import { OWNER_LABEL, TASK_LABEL } from '../labels.ts';

const RECONNECT_MS = 1_000;

/** Follows the engine's container events of one owner and reconnects for as long as it is watched. */
export function watchEvents(
  docker: Docker,
  owner: string,
  deps: { readonly timers: Timers; readonly log: AgentLog },
  onChange: (taskId: string) => void,
): () => void {
  const closing = new AbortController();
  let retry: Cancel | undefined;
  async function follow(): Promise<void> {
    try {
      const stream = await docker.getEvents({
        filters: { type: ['container'], label: [`${OWNER_LABEL}=${owner}`] },
        abortSignal: closing.signal,
      });
      let rest = '';
      for await (const chunk of stream) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) notify(line, onChange);
      }
    } catch (error) {
      if (!closing.signal.aborted) deps.log.warn('lost the engine events', { error: messageOf(error) });
    }
    if (!closing.signal.aborted) retry = deps.timers.after(RECONNECT_MS, () => void follow());
  }
  void follow();
  return () => {
    closing.abort();
    retry?.();
  };
}

function notify(line: string, onChange: (taskId: string) => void): void {
  if (line.trim() === '') return;
  const event = JSON.parse(line) as { readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> } };
  const taskId = event.Actor?.Attributes?.[TASK_LABEL];
  if (taskId !== undefined) onChange(taskId);
}
