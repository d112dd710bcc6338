import path from 'node:path';

export interface BannerFacts {
  readonly endpoint: string;
  readonly kubeEndpoint: string;
  readonly kubeconfig: string;
  readonly region: string;
  readonly dataDir: string;
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly store: 'sqlite' | 'dynamodb';
}

const RUNTIMES: Readonly<Record<BannerFacts['runtime'], string>> = {
  docker: 'docker: tasks run as containers',
  process:
    'process: no container engine, so commands run as plain processes of this machine, without image or isolation',
  simulated: 'simulated: nothing runs, containers are only imagined',
};

/** What somebody who just started a stack needs to know to use it. */
export const banner = ({ endpoint, kubeEndpoint, kubeconfig, region, dataDir, runtime, store }: BannerFacts) => `
  Berth is running.

  ECS API     ${endpoint}  (region ${region})
  Kubernetes  ${kubeEndpoint}  (cluster default; pods run by the Fargate profile fp-default)
  runtime     ${RUNTIMES[runtime]}
  store       ${store}
  data        ${dataDir}

  In another shell:
    source ${shellWord(path.join(dataDir, 'env'))}
    aws ecs list-clusters
    kubectl --kubeconfig ${shellWord(kubeconfig)} get namespaces

  Ctrl-C stops the control plane and its agents.

`;

/** A path with spaces must survive being pasted. */
const shellWord = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
