import type { Write } from '#control/ports.ts';
import { asRecord, type RecordType } from '#control/records.ts';

type Put = Extract<Write, { kind: 'put' }>;

export const isPut =
  (kind: string) =>
  (write: Write): write is Put =>
    write.kind === 'put' && write.body.kind === kind;

/** What a put stores, in the form the code knows. */
export const writtenValue = <V>(type: RecordType<never, V>, { key, body }: Put): V =>
  asRecord(type, { key, version: 1, ...body }).value;
