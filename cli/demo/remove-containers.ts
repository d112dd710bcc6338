import { setTimeout as wait } from 'node:timers/promises';
import { tryCommand } from './run-command.ts';

const POLL_MS = 100;
const PATIENCE_MS = 2_000;

/** The agent removes the containers of tasks it reported stopped; what it leaves in two seconds is removed here. */
export async function removeContainers(taskIds: readonly string[]): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    if ((await containersOf(taskIds)).length === 0) return;
    await wait(POLL_MS);
  }
  const left = await containersOf(taskIds);
  if (left.length > 0) await tryCommand('docker', ['rm', '--force', ...left], 10_000);
}

async function containersOf(taskIds: readonly string[]): Promise<readonly string[]> {
  const format = '{{.ID}} {{.Label "berth.task"}}';
  const listed = await tryCommand('docker', ['ps', '--all', '--filter', 'label=berth.task', '--format', format], 5_000);
  const rows = (listed ?? '').trim().split('\n');
  return rows.map((row) => row.split(' ')).flatMap(([id, task]) => (id && task && taskIds.includes(task) ? [id] : []));
}
