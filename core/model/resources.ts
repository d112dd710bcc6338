/** What a task takes from a machine, or what a machine has. */
export interface Resources {
  /** CPU units, 1024 a core. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

export interface HostPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}
