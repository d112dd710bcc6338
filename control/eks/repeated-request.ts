import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Write } from '../ports.ts';
import { put, read } from '../records.ts';
import { type EksRequest, eksRequests, REQUEST_RETENTION_MS } from './records.ts';

/** A request that may come again, told by the token its client gave it. */
export interface TokenedRequest {
  readonly cluster: string;
  /** Absent: every request is one of its own. */
  readonly token: string | undefined;
  /** Of everything the request asks for. */
  readonly fingerprint: string;
}

/** What an earlier request with the token did; undefined for a new one. Faults: Refused when it asked for something else. */
export async function findRepeated(
  { store }: Pick<Dependencies, 'store'>,
  { cluster, token, fingerprint }: TokenedRequest,
): Promise<EksRequest | undefined> {
  if (token === undefined) return undefined;
  const before = await read(store, eksRequests, { cluster, token });
  if (before && before.value.fingerprint !== fingerprint) {
    throw new Fault('Refused', 'clientRequestToken was used by a request with other parameters.');
  }
  return before?.value;
}

/** Remembers the request, in the transaction of its effect. */
export const rememberRequest = (
  { clock }: Pick<Dependencies, 'clock'>,
  { cluster, token, fingerprint }: TokenedRequest,
  made: Omit<EksRequest, 'fingerprint'>,
): readonly Write[] =>
  token === undefined
    ? []
    : [
        put(eksRequests, { cluster, token }, { fingerprint, ...made }, 'absent', {
          expiresAt: clock.now() + REQUEST_RETENTION_MS,
        }),
      ];
