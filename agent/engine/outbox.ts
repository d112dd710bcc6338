import { MAX_TASKS_PER_INSTANCE } from '#core/model/container-instance.ts';
import type { ObservedStatus } from '#core/model/task.ts';
import { isPodNews } from '#core/task/pod-news.ts';
import type { HeartbeatResponse, TaskReport } from '#events/agent-wire.ts';

/** Leaves room for the rest of a heartbeat below the 256 KiB that the server reads. */
const MAX_BYTES = 200 * 1024;

interface Entry {
  readonly report: TaskReport;
  readonly text: string;
  /** The text the control plane confirmed; equal to `text` when nothing is left to say. */
  readonly acknowledged?: string;
}

/** Known against sent: which task reports the control plane has not confirmed yet. */
export class Outbox {
  readonly #entries = new Map<string, Entry>();

  /** True when the report is news that should not wait for the next regular heartbeat. */
  put(state: TaskReport): boolean {
    const before = this.#entries.get(state.taskId);
    const revision = (before?.report.revision ?? 0) + (before && isOtherRun(before.report, state) ? 1 : 0);
    const report = revision === 0 ? state : { ...state, revision };
    const text = JSON.stringify(report);
    if (before?.text === text) return false;
    this.#entries.set(report.taskId, { ...before, report, text });
    // PENDING and UNKNOWN are what the control plane assumes; saying so at once would cost a write per launch.
    return (
      report.status !== (before?.report.status ?? 'PENDING') ||
      (report.healthStatus ?? 'UNKNOWN') !== (before?.report.healthStatus ?? 'UNKNOWN') ||
      saysMoreOfPod(before?.report, report)
    );
  }

  drop(taskId: string): void {
    this.#entries.delete(taskId);
  }

  /** The oldest unconfirmed reports, as many as one heartbeat may carry; `complete` when none is left over. */
  unconfirmed(): { readonly reports: readonly TaskReport[]; readonly complete: boolean } {
    const open = [...this.#entries.values()].filter(({ text, acknowledged }) => text !== acknowledged);
    const reports: TaskReport[] = [];
    let size = 0;
    for (const { report, text } of open) {
      size += Buffer.byteLength(text);
      if (reports.length === MAX_TASKS_PER_INSTANCE || (reports.length > 0 && size > MAX_BYTES)) break;
      reports.push(report);
    }
    return { reports, complete: reports.length === open.length };
  }

  /** Confirms what was sent, not what changed since; returns the tasks whose STOPPED report is durable. */
  acknowledge(sent: readonly TaskReport[], acknowledged: HeartbeatResponse['acknowledged']): readonly string[] {
    const confirmed = new Map<string, ObservedStatus>(acknowledged.map(({ taskId, status }) => [taskId, status]));
    const stopped: string[] = [];
    for (const report of sent) {
      const status = confirmed.get(report.taskId);
      const entry = this.#entries.get(report.taskId);
      if (status === undefined || !entry) continue;
      this.#entries.set(report.taskId, { ...entry, acknowledged: JSON.stringify(report) });
      if (report.status === 'STOPPED' && status === 'STOPPED') stopped.push(report.taskId);
    }
    return stopped;
  }
}

/**
 * Health, a container's runs and what a pod's containers do go back and forth, unlike the status, so a late report could
 * not be told without a number.
 */
const isOtherRun = (before: TaskReport, report: TaskReport): boolean =>
  before.healthStatus !== report.healthStatus ||
  before.address !== report.address ||
  saysMoreOfPod(before, report) ||
  report.containers.some(({ healthStatus: health, runtimeId }, position) => {
    const was = before.containers[position];
    return was?.healthStatus !== health || (was?.runtimeId !== undefined && was.runtimeId !== runtimeId);
  });

const saysMoreOfPod = (before: TaskReport | undefined, { containers }: TaskReport): boolean =>
  containers.some(({ pod }, position) => isPodNews(before?.containers[position]?.pod, pod));
