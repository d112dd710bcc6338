import { randomUUID } from 'node:crypto';
import type { Clock } from '#control/ports.ts';
import { openQueueDatabase } from './queue-database.ts';

export interface QueueSettings {
  readonly name: string;
  readonly visibilityMs: number;
  /** After this many receives the next one moves the message to the dead-letter queue instead. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly receiveCount: number;
  /** Epoch ms. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

export interface OutgoingMessage {
  readonly body: string;
  readonly delayMs?: number;
}

/** Several named queues in one file; messages outlive the process. Receipt handles of an older receive do nothing. */
export interface MessageQueues {
  send(queue: string, messages: readonly OutgoingMessage[]): void;
  receive(queue: string, max: number): readonly QueueMessage[];
  delete(queue: string, receiptHandles: readonly string[]): void;
  changeVisibility(queue: string, receiptHandle: string, visibleInMs: number): void;
  /** Epoch ms when the next message becomes visible, in the past when one already is. */
  nextVisibleAt(queue: string): number | undefined;
  depth(queue: string): { readonly visible: number; readonly hidden: number };
  /** Calls back after each send to the queue; returns how to stop. */
  onSend(queue: string, listener: () => void): () => void;
  /** Forgets the messages of one queue, or of all. */
  purge(queue?: string): void;
  close(): void;
}

export interface MessageQueueOptions {
  /** A file, or `:memory:`. */
  readonly path: string;
  readonly queues: readonly QueueSettings[];
  readonly clock: Clock;
}

type MessageRow = {
  readonly id: string;
  readonly body: string;
  readonly sent: number;
  readonly first: number | null;
  readonly receives: number;
};

/** Throws for a queue name that is not among the settings: it would swallow messages. */
export function openMessageQueues({ path, queues, clock }: MessageQueueOptions): MessageQueues {
  const database = openQueueDatabase(path);
  const settings = new Map(queues.map((queue) => [queue.name, queue]));
  const listeners = new Map<string, Set<() => void>>(queues.map(({ name }) => [name, new Set()]));

  const settingsOf = (name: string): QueueSettings => {
    const known = settings.get(name);
    if (!known) throw new Error(`no queue is named ${name}`);
    return known;
  };
  const notify = (name: string): void => listeners.get(name)?.forEach((listener) => void listener());

  const take = (queue: QueueSettings, row: MessageRow, now: number): QueueMessage | undefined => {
    if (queue.redrive && row.receives >= queue.redrive.maxReceiveCount) {
      database.run(
        'UPDATE messages SET queue = ?, visible = ?, receives = 0, first = NULL, receipt = NULL WHERE id = ?',
        [queue.redrive.deadLetterQueue, now, row.id],
      );
      return undefined;
    }
    const receiptHandle = randomUUID();
    const firstReceivedAt = row.first ?? now;
    database.run('UPDATE messages SET visible = ?, receives = receives + 1, first = ?, receipt = ? WHERE id = ?', [
      now + queue.visibilityMs,
      firstReceivedAt,
      receiptHandle,
      row.id,
    ]);
    const { id: messageId, body, sent: sentAt, receives } = row;
    return { messageId, receiptHandle, body, receiveCount: receives + 1, sentAt, firstReceivedAt };
  };

  return {
    send: (name, messages) => {
      const queue = settingsOf(name);
      const now = clock.now();
      database.transaction(() => {
        for (const { body, delayMs = 0 } of messages) {
          database.run('INSERT INTO messages (id, queue, body, sent, visible, receives) VALUES (?, ?, ?, ?, ?, 0)', [
            randomUUID(),
            queue.name,
            body,
            now,
            now + delayMs,
          ]);
        }
      });
      notify(name);
    },
    receive: (name, max) => {
      const queue = settingsOf(name);
      const now = clock.now();
      const taken = database.transaction(() => {
        const rows = database.all<MessageRow>(
          'SELECT id, body, sent, first, receives FROM messages WHERE queue = ? AND visible <= ? ORDER BY visible, rowid LIMIT ?',
          [name, now, max],
        );
        return rows.map((row) => take(queue, row, now));
      });
      if (queue.redrive && taken.includes(undefined)) notify(queue.redrive.deadLetterQueue);
      return taken.filter((message) => message !== undefined);
    },
    delete: (name, receiptHandles) =>
      database.transaction(() => {
        for (const handle of receiptHandles) {
          database.run('DELETE FROM messages WHERE queue = ? AND receipt = ?', [name, handle]);
        }
      }),
    changeVisibility: (name, receiptHandle, visibleInMs) => {
      const visible = clock.now() + visibleInMs;
      database.run('UPDATE messages SET visible = ? WHERE queue = ? AND receipt = ?', [visible, name, receiptHandle]);
      notify(name);
    },
    nextVisibleAt: (name) => {
      const [row] = database.all<{ readonly at: number | null }>(
        'SELECT min(visible) AS at FROM messages WHERE queue = ?',
        [name],
      );
      return row?.at ?? undefined;
    },
    depth: (name) => {
      const [row] = database.all<{ readonly visible: number; readonly hidden: number }>(
        'SELECT count(*) FILTER (WHERE visible <= ?1) AS visible, count(*) FILTER (WHERE visible > ?1) AS hidden FROM messages WHERE queue = ?2',
        [clock.now(), name],
      );
      return { visible: row?.visible ?? 0, hidden: row?.hidden ?? 0 };
    },
    onSend: (name, listener) => {
      const { name: known } = settingsOf(name);
      listeners.get(known)?.add(listener);
      return () => void listeners.get(known)?.delete(listener);
    },
    purge: (name) =>
      name === undefined
        ? database.run('DELETE FROM messages', [])
        : database.run('DELETE FROM messages WHERE queue = ?', [name]),
    close: () => database.close(),
  };
}
