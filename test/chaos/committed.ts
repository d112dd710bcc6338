import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reservationCodec } from '#control/reservation-codec.ts';
import type { Lease, Registration, Reservation } from '#core/model/container-instance.ts';
import type { Service, SlotChunk } from '#core/model/service.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';

/** What the store holds at one instant, by id. */
export interface Committed {
  readonly tasks: ReadonlyMap<string, Task>;
  readonly observations: ReadonlyMap<string, TaskObservation>;
  readonly services: ReadonlyMap<string, Service>;
  readonly registrations: ReadonlyMap<string, Registration>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly leases: ReadonlyMap<string, Lease>;
  /** By key. */
  readonly slots: ReadonlyMap<string, SlotChunk>;
  /** Writes so far but those of leases; it stands still while nothing is decided. */
  readonly writes: number;
}

interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly version: number;
  readonly kind: string;
}

interface Known {
  readonly version: number;
  readonly value: unknown;
}

const KINDS = new Set(['task', 'observation', 'service', 'registration', 'reservation', 'lease', 'slot-chunk']);
const BUSY_MS = 2_000;

/**
 * Reads the store's file from outside, in one transaction each time. The connection is closed after each look: a
 * control plane that starts again must meet the file as its own crash left it.
 */
export class CommittedReader {
  readonly #file: string;
  #known = new Map<string, Known>();
  #writes = 0;

  constructor(dataDir: string) {
    this.#file = path.join(dataDir, 'state.db');
  }

  read(): Committed {
    const database = new DatabaseSync(this.#file, { readOnly: true, timeout: BUSY_MS });
    try {
      database.exec('BEGIN');
      const rows = database.prepare('SELECT pk, sk, version, kind FROM items').all() as unknown as readonly Row[];
      const textOf = database.prepare('SELECT value FROM items WHERE pk = ? AND sk = ?');
      const known = new Map<string, Known>();
      const byKind = new Map<string, Map<string, unknown>>([...KINDS].map((kind) => [kind, new Map()]));
      for (const { pk, sk, version, kind } of rows) {
        const key = `${pk} ${sk}`;
        const before = this.#known.get(key);
        // Leases are renewed for ever; every other write is somebody's decision.
        if (kind !== 'lease') this.#writes += version - (before?.version ?? 0);
        const value =
          before?.version === version
            ? before.value
            : KINDS.has(kind) && decode(kind, String(textOf.get(pk, sk)?.['value']));
        known.set(key, { version, value });
        byKind.get(kind)?.set(kind === 'slot-chunk' ? key : idOf(value), value);
      }
      this.#known = known;
      const all = <T>(kind: string): ReadonlyMap<string, T> => byKind.get(kind) as ReadonlyMap<string, T>;
      return {
        tasks: all('task'),
        observations: all('observation'),
        services: all('service'),
        registrations: all('registration'),
        reservations: all('reservation'),
        leases: all('lease'),
        slots: all('slot-chunk'),
        writes: this.#writes,
      };
    } finally {
      database.close();
    }
  }
}

const decode = (kind: string, text: string): unknown =>
  kind === 'reservation' ? reservationCodec.decode(JSON.parse(text)) : JSON.parse(text);

const idOf = (value: unknown): string => {
  const { taskId, instanceId, name } = value as { taskId?: string; instanceId?: string; name?: string };
  // An observation names the instance it came from, too.
  return taskId ?? instanceId ?? name ?? '';
};
