import type { Log } from '#control/ports.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';

export interface StackOptions {
  /** On 127.0.0.1; 8700 unless told otherwise, 0 takes any free one. */
  readonly port?: number;
  /** Of the Kubernetes API, on 127.0.0.1; 8701 beside the usual port and any free one beside another, unless told otherwise, 0 takes any free one. */
  readonly kubePort?: number;
  /** Where state, keys and the agents' directories are kept; made when absent. */
  readonly dataDir: string;
  /** Agents to keep running; 1 unless told otherwise. */
  readonly agents?: number;
  /** Agents to grow to when tasks wait for room; `agents` unless told otherwise. */
  readonly maxAgents?: number;
  /** Free agents to keep beyond what tasks need, within `maxAgents`; 0 unless told otherwise. */
  readonly standbyAgents?: number;
  /** CPU units and MiB of each agent; a share of this machine unless told otherwise. */
  readonly agentSize?: { readonly cpu: number; readonly memory: number };
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly store?: 'sqlite' | 'dynamodb';
  /** Twelve digits. */
  readonly accountId?: string;
  readonly region?: string;
  /** Multiplies every interval. */
  readonly timeScale?: number;
  /** How long stopped tasks stay describable, and events readable; a day unless told otherwise. */
  readonly stoppedRetentionHours?: number;
  readonly eventRetentionHours?: number;
  /** False: no events of single tasks and machines, as in a deployment. */
  readonly taskEvents?: boolean;
  /** False: tasks of ECS are not shown as pods, as in a deployment. */
  readonly ecsPods?: boolean;
  /** Empties the data directory first. */
  readonly fresh?: boolean;
  readonly log: Log;
}

/** A running control plane with its agents. */
export interface Stack {
  readonly endpoint: string;
  readonly port: number;
  readonly kubeEndpoint: string;
  /** Path of the file kubectl reads. */
  readonly kubeconfig: string;
  readonly dataDir: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What the functions are wired with. */
  readonly deps: FunctionDependencies;
  /** Ends requests, deliveries and agents, in that order; containers keep running. A second call waits for the first. */
  stop(): Promise<void>;
}
