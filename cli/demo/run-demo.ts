import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { CommandError } from '../errors.ts';
import type { TaskStatus } from '../read-status.ts';
import { stackClient } from '../stack-client.ts';
import { table } from '../table.ts';
import { createDemoService, deleteDemoService, SERVICE, TASKS } from './demo-service.ts';
import { startDemoStack } from './demo-stack.ts';
import { buildDemoImage, removeDemoImage } from './docker-image.ts';
import { killContainer, killProcess } from './kill-one.ts';
import { removeContainers } from './remove-containers.ts';
import { watchTasks } from './watch-tasks.ts';

/** The whole demonstration, cleaning up included, ends within a minute. */
const LIMIT_MS = 48_000;
const CLEANUP_MS = 8_000;

interface Stage {
  readonly client: ECSClient;
  readonly image: string | undefined;
  readonly tell: (line: string) => void;
  readonly giveUp: AbortSignal;
}

/** Answers the exit code; everything it started is gone when it returns. */
export async function runDemo(wanted: 'auto' | 'docker' | 'process'): Promise<number> {
  const began = performance.now();
  const tell = (line: string) => {
    process.stdout.write(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}\n`);
  };
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new CommandError('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const giveUp = AbortSignal.any([AbortSignal.timeout(LIMIT_MS), interrupted.signal]);
  const workDir = await mkdtemp(path.join(tmpdir(), 'berth-demo-'));
  let image: string | undefined;
  try {
    image = wanted === 'process' ? undefined : await buildDemoImage(workDir);
    if (wanted === 'docker' && image === undefined) {
      throw new CommandError(
        '--runtime docker needs a running Docker engine and a static busybox (package busybox-static)',
      );
    }
    tell(
      `runtime: ${image !== undefined ? 'docker' : wanted === 'process' ? 'process' : 'process (no Docker engine with a static busybox)'}`,
    );
    await withStack(workDir, image, tell, giveUp);
    tell('done');
    return 0;
  } catch (error) {
    const cause = giveUp.aborted ? abortText(giveUp.reason) : describe(error);
    process.stderr.write(`berth demo failed: ${cause}\n`);
    return 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (image !== undefined) await removeDemoImage();
    await rm(workDir, { recursive: true, force: true });
  }
}

async function withStack(workDir: string, image: string | undefined, tell: Stage['tell'], giveUp: AbortSignal) {
  const stack = await startDemoStack(workDir, image === undefined ? 'process' : 'docker', giveUp);
  tell(`the stack answers at ${stack.address.endpoint}`);
  const client = stackClient(stack.address);
  try {
    await play({ client, image, tell, giveUp });
  } finally {
    await removeService({ client, image, tell, giveUp });
    client.destroy();
    await stack.stop();
  }
}

async function play({ client, image, tell, giveUp }: Stage): Promise<void> {
  const marker = `berth-demo-${randomBytes(6).toString('hex')}`;
  await createDemoService(client, image ?? 'none', marker);
  tell(`created service ${SERVICE} with ${TASKS} tasks`);
  const before = await watchTasks(client, (tasks) => running(tasks).length === TASKS, tell, giveUp);
  const victim = running(before)[0];
  if (victim === undefined) throw new CommandError('no task runs');
  const done = image === undefined ? await killProcess(marker) : await killContainer(victim.id);
  tell(`killed one behind the control plane's back: ${done}`);
  const known = new Set(before.map((task) => task.id));
  const replaced = (tasks: readonly TaskStatus[]) =>
    running(tasks).length === TASKS && running(tasks).some((task) => !known.has(task.id));
  const after = await watchTasks(client, replaced, tell, giveUp);
  const rows = after.map((task) => [
    task.id.slice(0, 8),
    task.lastStatus,
    known.has(task.id) ? '' : 'replacement',
    task.reason,
  ]);
  process.stdout.write(`\n${table(['TASK', 'STATUS', '', 'WHY'], rows)}\n\n`);
}

/** The stack is about to go, and with it the agent that would remove what the tasks leave behind. */
async function removeService({ client, image, tell }: Stage): Promise<void> {
  try {
    await deleteDemoService(client);
    tell('cleaning up');
    const isOver = (tasks: readonly TaskStatus[]) => tasks.every((task) => task.lastStatus === 'STOPPED');
    const tasks = await watchTasks(client, isOver, () => {}, AbortSignal.timeout(CLEANUP_MS));
    if (image !== undefined) await removeContainers(tasks.map((task) => task.id));
  } catch (error) {
    process.stderr.write(`the demonstration's service was not removed cleanly: ${describe(error)}\n`);
  }
}

const running = (tasks: readonly TaskStatus[]) => tasks.filter((task) => task.lastStatus === 'RUNNING');

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const abortText = (reason: unknown): string =>
  reason instanceof CommandError ? reason.message : `not finished after ${LIMIT_MS / 1000} s`;
