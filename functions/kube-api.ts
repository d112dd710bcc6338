import { setTimeout } from 'node:timers/promises';
import { awsTokens } from '#api/kube/auth/aws-tokens.ts';
import { issuedTokens } from '#api/kube/auth/issued-tokens.ts';
import { serveKube } from '#api/kube/serve-kube.ts';
import { createSharedChanges } from '#control/kube/shared-changes.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { streamed } from './lib/streamed.ts';
import { type StreamingHandler, streamingFunction } from './lib/streaming-function.ts';

/** The Kubernetes API, at an address of its own: its paths are many, and its watches go on for minutes. */
export const createHandler = (deps: FunctionDependencies): StreamingHandler => {
  const tokenKey = (): Promise<string> => deps.accessKeys.pageTokenKey();
  const verifiers = [
    issuedTokens(tokenKey, deps.clock),
    awsTokens({ deps, keys: deps.accessKeys, hosts: deps.tokenHosts ?? [] }),
  ];
  const server = { deps, verifiers, tokenKey, changes: createSharedChanges(deps), sleep };
  return streamingFunction(deps, (request) => serveKube(server, request));
};

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  // A client that went away ends the wait; the watch then sees it and ends, too.
  await setTimeout(ms, undefined, { ...(signal && { signal }) }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}

export const handler = streamed(lazily(createHandler));
