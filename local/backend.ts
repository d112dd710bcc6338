import type { AgentChannel, Log, StateStore, WorkQueue } from '#control/ports.ts';
import type { Scope } from '#core/model/scope.ts';
import type { ReceiveFromChannel } from './gateway.ts';
import type { Invoke } from './load-functions.ts';
import type { Resource, ServiceFile } from './service-file.ts';

/** What opening one needs. */
export interface BackendOptions {
  readonly dataDir: string;
  readonly scope: Scope;
  readonly log: Log;
  /** Table and queues as serverless.yml defines them. */
  readonly resources: Readonly<Record<string, Resource>>;
}

/** Deliveries from the stream and the queues to the functions. */
export interface Deliveries {
  /** Delivers no more and waits for what is being handled. */
  stop(): Promise<void>;
}

/** What a stack stands on: the store with its stream, the queues and the agents' channels. */
export interface Backend {
  readonly store: StateStore;
  readonly queue: WorkQueue;
  readonly channel: AgentChannel;
  readonly channelAddress: (instanceId: string) => string;
  readonly receive: ReceiveFromChannel;
  /** Starts the event-source mappings of serverless.yml. */
  deliver(service: ServiceFile, functions: ReadonlyMap<string, Invoke>): Promise<Deliveries>;
  /** Forgets every item and every message. Nothing may be delivered meanwhile. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
