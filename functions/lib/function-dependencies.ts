import type { AccessKeys } from '#api/ecs/access-keys.ts';
import type { KubeAddress } from '#api/eks/operation.ts';
import type { Dependencies } from '#control/dependencies.ts';

/** What the functions are wired with: every use case's dependencies and what the protocol faces need beside them. */
export interface FunctionDependencies extends Dependencies {
  readonly accessKeys: AccessKeys;
  /** Where an agent's channel is read: the queue URL the gateway's SQS integration receives from. */
  readonly channelAddress: (instanceId: string) => string;
  /** Where agents send their heartbeats; absent: to the API, like everything else. */
  readonly heartbeatUrl?: string;
  /** Where the Kubernetes API is; known to the EKS face, which tells it to kubectl. */
  readonly kubeAddress?: KubeAddress;
  /**
   * Hosts beside those of STS that a Kubernetes token may be written for: this installation's own address, to which a shell's
   * AWS_ENDPOINT_URL points every service.
   */
  readonly tokenHosts?: readonly string[];
}
