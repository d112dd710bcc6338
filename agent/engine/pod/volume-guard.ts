import { messageOf } from '../../ports.ts';
import { podName } from '../../runtime/labels.ts';
import type { EngineWorld } from '../engine-world.ts';
import type { TaskState } from '../task-state.ts';

/** How often limits are looked after; so much later at most a pod ends that goes beyond one. */
const LOOK_MS = 30_000;

/** Measures the volumes of one pod that have a limit, while the pod runs. It decides nothing: what is too full is told. */
export class VolumeGuard {
  readonly #world: EngineWorld;
  readonly #overfull: (volume: string) => void;
  #state: TaskState | undefined;
  #isLooking = false;

  constructor(world: EngineWorld, overfull: (volume: string) => void) {
    this.#world = world;
    this.#overfull = overfull;
  }

  /** The pod is like this now; undefined: it is over, or no pod. */
  follow(state: TaskState | undefined): void {
    const isLimited = state?.prepared && state.pod?.volumes.some(({ sizeLimit }) => sizeLimit !== undefined);
    this.#state = isLimited ? state : undefined;
    if (this.#state && !this.#isLooking) this.#wait();
  }

  #wait(): void {
    this.#isLooking = true;
    this.#world.timers.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const full = await this.#measure();
    this.#isLooking = false;
    if (this.#state && full !== undefined) this.#overfull(full);
    if (this.#state) this.#wait();
  }

  async #measure(): Promise<string | undefined> {
    const { pod, taskId, epoch } = this.#state ?? {};
    if (!pod || taskId === undefined || epoch === undefined) return undefined;
    try {
      return await this.#world.volumes?.overfull(podName(taskId, epoch), pod);
    } catch (error) {
      this.#world.log.warn('cannot measure the volumes of a pod', { taskId, error: messageOf(error) });
      return undefined;
    }
  }
}
