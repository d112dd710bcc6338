/** What an operator chooses. */
export interface AgentOptions {
  /** Base URL of the control plane's agent API. */
  readonly endpoint: string;
  readonly cluster: string;
  /** Needed for the first registration of a machine only. */
  readonly joinToken?: string;
  /** Where identity, task state and logs of processes live. */
  readonly dataDir: string;
  /** auto: docker when an engine answers, else process. */
  readonly runtime: 'auto' | 'docker' | 'process' | 'simulated';
  /** CPU units and MiB to offer; the machine's when absent. */
  readonly cpu?: number;
  readonly memory?: number;
  /** The provider's name for the machine, when a capacity provider launched it. */
  readonly machineId?: string;
  /** Capacity provider that the machine belongs to; absent: the cluster's default pool. */
  readonly capacityProvider?: string;
  readonly hostname?: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Factor on all protocol timings; 1 is the documented pace. */
  readonly timeScale: number;
}

/** What the machine says about itself. */
export interface MachineFacts {
  readonly hostname: string;
  readonly cpu: number;
  readonly memory: number;
  readonly attributes: Readonly<Record<string, string>>;
}
