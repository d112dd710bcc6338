import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { newAgentKey } from '#agent/client/agent-key.ts';
import { nodeClock, nodeTimers } from '#agent/node-clock.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import { dockerRuntime } from '#agent/runtime/docker/docker-runtime.ts';
import { statusOf } from '#agent/runtime/docker/engine-call.ts';
import { podName } from '#agent/runtime/labels.ts';
import type { RuntimeFactory } from '#agent/runtime/port.ts';
import { processRuntime } from '#agent/runtime/process/process-runtime.ts';
import { fileDisk } from '#agent/state/file-disk.ts';
import { directoryVolumes } from '#agent/volumes/directory-volumes.ts';
import { volumeRoots } from '#agent/volumes/volume-roots.ts';
import type { PodContainer, PodContainerObservation, PodRun } from '#core/model/pod.ts';
import type { ContainerDefinition } from '#core/model/task-definition.ts';
import { timingsAt } from '#core/timings.ts';
import type { TaskReport } from '#events/agent-wire.ts';
import { FakeServer } from './agent-fake-server.ts';
import { aPodContainer, aPodSpec } from './agent-pods.ts';
import { silentLog } from './agent-silent-log.ts';
import { BUSYBOX_IMAGE } from './busybox-image.ts';
import { waitUntil } from './wait-until.ts';

/** A container of a pod that runs a line of shell. */
export const shell = (name: string, script: string, pod: Partial<PodContainer> = {}): ContainerDefinition => ({
  name,
  image: BUSYBOX_IMAGE,
  command: ['sh', '-c', script],
  memory: 64,
  pod: aPodContainer(pod),
});

/** One agent on this machine with a control plane that a test scripts. */
export class RealPods {
  readonly docker = new Docker();
  readonly server = new FakeServer();
  readonly dataDir = mkdtempSync(join(tmpdir(), 'berth-pods-'));
  readonly #runtime: RuntimeFactory;
  #agent: RunningAgent | undefined;
  #pods = 0;

  constructor(kind: 'docker' | 'process') {
    this.server.instanceId = `i-${randomBytes(6).toString('hex')}`;
    const common = { timers: nodeTimers, log: silentLog };
    const root = join(this.dataDir, 'processes');
    this.#runtime =
      kind === 'docker'
        ? dockerRuntime({ ...common, docker: this.docker, machineMemory: 256 })
        : processRuntime({ ...common, root, path: '/usr/bin:/bin', address: '127.0.0.1' });
  }

  async start(): Promise<void> {
    const options = {
      endpoint: 'http://control-plane.invalid',
      cluster: 'default',
      joinToken: 'join',
      dataDir: this.dataDir,
      runtime: this.#runtime.kind,
      attributes: {},
      timeScale: 1,
    };
    this.#agent = await runAgent(options, {
      clock: nodeClock,
      timers: nodeTimers,
      log: silentLog,
      random: () => 0.5,
      timings: timingsAt(),
      controlPlane: this.server,
      disk: await fileDisk(this.dataDir),
      runtime: this.#runtime,
      volumes: directoryVolumes(await volumeRoots(this.dataDir, silentLog), silentLog),
      newKey: newAgentKey,
      newAttempt: () => randomBytes(8).toString('hex'),
      facts: { hostname: 'machine', cpu: 2_048, memory: 2_048, attributes: {} },
    });
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
  }

  /** Ends the agent and takes away whatever it has made. */
  async end(): Promise<void> {
    await this.stop();
    const runtime = this.#runtime.open([this.server.instanceId]);
    for (const { name } of await runtime.list()) await runtime.remove(name);
    if (this.#runtime.kind === 'docker') await this.#removeHolders();
    rmSync((await volumeRoots(this.dataDir, silentLog)).memory ?? this.dataDir, { recursive: true, force: true });
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #removeHolders(): Promise<void> {
    const filters = { label: [`berth.agent=${this.server.instanceId}`] };
    for (const { Id } of await this.docker.listContainers({ all: true, filters })) {
      // One that is on its way out already needs no help.
      await this.docker
        .getContainer(Id)
        .remove({ force: true })
        .catch((error: unknown) => {
          if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
        });
    }
  }

  /** Gives the agent a pod; answers its task's id. */
  run(containers: readonly ContainerDefinition[], pod: Partial<PodRun> = {}): string {
    this.#pods += 1;
    const taskId = `${this.server.instanceId.slice(2)}${this.#pods}`;
    this.server.hold(
      aPodSpec(containers, { terminationGracePeriodSeconds: 5, ...pod }, { taskId, networkMode: 'awsvpc' }),
    );
    this.#ring();
    return taskId;
  }

  askToStop(taskId: string): void {
    this.server.askToStop(taskId);
    this.#ring();
  }

  /** What was last told of one container, once it is so. */
  async told(
    taskId: string,
    container: string,
    what: string,
    isSo: (seen: PodContainerObservation) => boolean,
    withinMs = 30_000,
  ): Promise<PodContainerObservation> {
    const look = async () => this.server.lastReport(taskId)?.containers.find(({ name }) => name === container)?.pod;
    const { value } = await waitUntil(what, look, (seen) => seen !== undefined && isSo(seen), { withinMs });
    if (!value) throw new Error(`nothing was told of ${container}`);
    return value;
  }

  async reported(taskId: string, status: TaskReport['status'], withinMs = 30_000): Promise<TaskReport> {
    const look = async () => this.server.lastReport(taskId);
    const { value } = await waitUntil(`${status}`, look, (seen) => seen?.status === status, { withinMs });
    if (!value) throw new Error('nothing was reported');
    return value;
  }

  /** What a container wrote; its first run has no number. */
  async output(taskId: string, container: string, run = 0): Promise<string> {
    const name = `${podName(taskId, 1)}.${container}${run === 0 ? '' : `.${run}`}`;
    const raw = (await this.docker.getContainer(name).logs({ stdout: true, stderr: true })) as Buffer;
    return withoutFrames(raw);
  }

  /** A heartbeat brings the assignments at once. */
  #ring(): void {
    this.server.ring({ changes: [], previous: this.server.sequence, sequence: this.server.sequence + 1 });
  }
}

/** Each piece of output has a head of 8 bytes, the last four of them its length. */
function withoutFrames(raw: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    text += raw.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text;
}
