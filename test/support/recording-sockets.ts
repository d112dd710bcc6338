import type { SessionSockets } from '#control/ports.ts';

/** Sockets of clients that only remember what they were sent. */
export interface RecordingSockets extends SessionSockets {
  readonly sent: { readonly connection: string; readonly frame: string | Uint8Array }[];
  readonly closed: string[];
  /** From now on this client is gone. */
  lose(connection: string): void;
}

export function recordingSockets(url = 'wss://sessions.test'): RecordingSockets {
  const gone = new Set<string>();
  const sent: { connection: string; frame: string | Uint8Array }[] = [];
  const closed: string[] = [];
  return {
    url,
    sent,
    closed,
    lose: (connection) => void gone.add(connection),
    send: async (connection, frame) => {
      if (gone.has(connection)) return false;
      sent.push({ connection, frame });
      return true;
    },
    close: async (connection) => {
      gone.add(connection);
      closed.push(connection);
    },
  };
}
