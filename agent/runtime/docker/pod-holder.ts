import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Timers } from '../../ports.ts';
import { encodeLabels, OWNER_LABEL } from '../labels.ts';
import type { PodNetwork, PodSpec } from '../port.ts';
import { RuntimeFault } from '../runtime-fault.ts';
import { engineCall, statusOf, unless404 } from './engine-call.ts';
import { idleProgram } from './idle-program.ts';
import { tarOf } from './tar.ts';

const HOLDER_IMAGE = 'berth/pod-holder:1';
const HOLDER_LABEL = 'berth.holder';
const CALL_MS = 120_000;

/**
 * What the containers of a pod share on a Docker engine: the network and the name of one small container that does nothing.
 * Each of them joins its network, so that they reach each other at localhost and may come and go while it stays. Its image is
 * made on the spot from a program of our own, so that no registry is needed.
 */
export class PodHolders {
  readonly #docker: Docker;
  readonly #timers: Timers;
  readonly #owners: readonly string[];
  #making: Promise<void> | undefined;

  constructor(docker: Docker, timers: Timers, owners: readonly string[]) {
    this.#docker = docker;
    this.#timers = timers;
    this.#owners = owners;
  }

  async open(spec: PodSpec): Promise<PodNetwork> {
    const standing = await this.#find(spec.name);
    if (!standing) await this.#create(spec);
    if (!standing?.State.Running) await this.#call(() => unless304(this.#docker.getContainer(spec.name).start()));
    const holder = await this.#find(spec.name);
    const network = holder && addressOf(holder);
    if (!network)
      throw new RuntimeFault('CannotCreateContainerError', `the network of pod ${spec.name} has no address`);
    return network;
  }

  async close(name: string): Promise<void> {
    if (!(await this.#find(name))) return;
    await this.#call(() => unless404(this.#docker.getContainer(name).remove({ force: true, v: true }), 409));
  }

  async list(): Promise<readonly string[]> {
    const found = await this.#call(() =>
      this.#docker.listContainers({ all: true, filters: { label: [HOLDER_LABEL] } }),
    );
    return found
      .filter(({ Labels }) => this.#owners.includes(Labels[OWNER_LABEL] ?? ''))
      .map(({ Names }) => (Names[0] ?? '').replace(/^\//, ''));
  }

  /** Undefined when the pod is not open, or has broken down. */
  async address(name: string): Promise<string | undefined> {
    const holder = await this.#find(name);
    return holder && addressOf(holder)?.address;
  }

  /** Undefined when there is none of that name that is ours. */
  async #find(name: string): Promise<Docker.ContainerInspectInfo | undefined> {
    const found = await this.#call(() => unless404(this.#docker.getContainer(name).inspect()));
    const labels = found?.Config.Labels ?? {};
    return labels[HOLDER_LABEL] && this.#owners.includes(labels[OWNER_LABEL] ?? '') ? found : undefined;
  }

  async #create({ name, labels, hostname }: PodSpec): Promise<void> {
    await this.#haveImage();
    const owned = encodeLabels({ ...labels, container: '', essential: false, count: 0, stopTimeout: 0 });
    try {
      await this.#call(() =>
        this.#docker.createContainer({
          name,
          Image: HOLDER_IMAGE,
          Hostname: hostname,
          Cmd: ['/idle'],
          Labels: { ...owned, [HOLDER_LABEL]: 'true' },
          HostConfig: HARDENED,
        }),
      );
    } catch (error) {
      // Rule R10: the name is taken, and only this pod can have taken it.
      if (!(error instanceof RuntimeFault) || statusOf(error.cause) !== 409) throw error;
    }
  }

  /** Pods that begin together wait for the same one. */
  #haveImage(): Promise<void> {
    this.#making ??= this.#makeImage().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #makeImage(): Promise<void> {
    if (await this.#call(() => unless404(this.#docker.getImage(HOLDER_IMAGE).inspect()))) return;
    const { Arch } = await this.#call(() => this.#docker.version());
    const program = idleProgram(Arch);
    if (!program) throw new RuntimeFault('CannotCreateContainerError', `pods can not run on an engine for ${Arch}`);
    const [repo, tag] = HOLDER_IMAGE.split(':');
    const image = Readable.from([tarOf([{ path: 'idle', mode: 0o755, content: program }])]);
    await this.#call(async () => {
      const progress = await this.#docker.importImage(image as unknown as string, { repo, tag });
      await new Promise<void>((resolve, reject) => {
        this.#docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
      });
    });
  }

  #call<T>(call: () => Promise<T>): Promise<T> {
    return engineCall(this.#timers, 'CannotCreateContainerError', CALL_MS, call);
  }
}

/** It needs nothing at all (invariant X10). */
const HARDENED: Docker.HostConfig = {
  NetworkMode: 'bridge',
  Privileged: false,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: true,
  PidsLimit: 8,
  Memory: 8 * 1024 * 1024,
  MemorySwap: 8 * 1024 * 1024,
  RestartPolicy: { Name: 'no' },
};

function addressOf({ NetworkSettings }: Docker.ContainerInspectInfo): PodNetwork | undefined {
  const [network] = Object.values(NetworkSettings.Networks ?? {});
  return network?.IPAddress ? { address: network.IPAddress, hostAddress: network.Gateway } : undefined;
}

/** It runs already. */
async function unless304(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (statusOf(error) !== 304) throw error;
  });
}
