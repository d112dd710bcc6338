import type { Dependencies } from '#control/dependencies.ts';
import type { SharedChanges } from '#control/kube/shared-changes.ts';
import { Fault } from '#core/fault.ts';
import type { KubeUser } from './auth/token-verifier.ts';
import type { KubeRequest } from './kube-request.ts';

/** What every verb is given. */
export interface KubeCall {
  readonly deps: Dependencies;
  readonly user: KubeUser;
  readonly request: KubeRequest;
  readonly parameters: URLSearchParams;
  /** What continue tokens are signed with. */
  readonly tokenKey: () => Promise<string>;
  /** What happened to collections, read once for all watches of a process. */
  readonly changes: SharedChanges;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Tells the client something beside the answer. */
  readonly warn: (text: string) => void;
}

/** `dryRun=All`, and nothing else. */
export function isDryRun(parameters: URLSearchParams): boolean {
  const asked = parameters.getAll('dryRun');
  const other = asked.find((value) => value !== 'All' && value !== '');
  if (other !== undefined) {
    throw new Fault('InvalidParameter', `Invalid value: "${other}": dryRun: must be All`);
  }
  return asked.includes('All');
}

/** A whole number parameter; undefined when it is absent. */
export function numberParameter(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,12}$/.test(text)) {
    throw new Fault('InvalidParameter', `${name}: "${text.slice(0, 40)}" is no whole number`);
  }
  return Number(text);
}

export const isTrue = (parameters: URLSearchParams, name: string): boolean =>
  /^(1|t|true)$/i.test(parameters.get(name) ?? '');
