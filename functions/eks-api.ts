import { serveEks } from '#api/eks/serve.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { httpFunction } from './lib/http-function.ts';
import { lazily } from './lib/lazily.ts';

/** /clusters, /tags and the other paths of the EKS API. */
export const createHandler = (deps: FunctionDependencies) => {
  const { kubeAddress: kube } = deps;
  const server = { deps, keys: deps.accessKeys, ...(kube && { kube }) };
  return httpFunction(deps, (request) => serveEks(server, request));
};

export const handler = lazily(createHandler);
