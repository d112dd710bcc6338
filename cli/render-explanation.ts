import type { PlacementExplanation, ServiceExplanation, TaskExplanation } from './explanation.ts';
import { lastPart } from './read-status.ts';
import { reasonsText } from './reasons.ts';
import { printable, table } from './table.ts';

/** More instances than this are counted, not listed. */
const MAX_LISTED = 20;

const short = (arn: string): string => lastPart(arn).slice(0, 8);

/** Why one task does not run, for people. */
export function renderTask(task: TaskExplanation): string {
  const head = `task ${lastPart(task.taskArn)} `;
  switch (task.state) {
    case 'running':
      return `${head}runs on instance ${short(task.containerInstanceArn ?? '')}`;
    case 'starting':
      return `${head}is starting on instance ${short(task.containerInstanceArn ?? '')}${
        task.isConnected ? '' : ', whose agent is not connected'
      }`;
    case 'stopping':
    case 'stopped':
      return `${head}${task.state === 'stopping' ? 'is stopping' : 'has stopped'}${
        task.stop ? `: ${task.stop.code}: ${printable(task.stop.reason)} (${task.stop.at})` : ''
      }`;
    case 'waiting':
      return [`${head}waits for an instance`, ...(task.placement ? renderPlacement(task.placement) : [])].join('\n');
    default:
      return `${head}is ${printable(String(task.state))}`;
  }
}

function renderPlacement({ considered, fits, rejections, remedies }: PlacementExplanation): readonly string[] {
  if (fits.length > 0) return [`${fits.length} of ${considered} instances can take it: it is about to be placed`];
  const summary = reasonsText({ considered, rejections });
  const rows = rejections
    .slice(0, MAX_LISTED)
    .map(({ containerInstanceArn, reason, needed, free }) => [
      short(containerInstanceArn),
      reason,
      needed === undefined ? '' : String(needed),
      free === undefined ? '' : String(free),
    ]);
  const hidden = rejections.length - rows.length;
  return [
    ...(summary === '' ? [] : [summary]),
    ...(rows.length > 0 ? ['', table(['INSTANCE', 'REASON', 'NEEDED', 'FREE'], rows)] : []),
    ...(hidden > 0 ? [`and ${hidden} more (--json lists all)`] : []),
    '',
    ...remedies.map((remedy) => `fix: ${printable(remedy)}`),
  ];
}

/** Why a service does not run what it should, for people. */
export function renderService(name: string, service: ServiceExplanation): string {
  const { status, desired, running, tasks, backingOff, stopping, isAtMaximum } = service;
  const isWhole = status === 'ACTIVE' && running === desired && tasks.length === 0 && stopping === 0;
  const lines = [
    `service ${printable(name)} is ${status}: ${running} of ${desired} run${isWhole ? ', nothing is missing' : ''}`,
    ...backingOff.map(
      ({ index, failures, until, lastTaskArn }) =>
        `slot ${index} waits until ${until} after ${failures} failures in a row; the last was task ${lastPart(lastTaskArn)} (berth explain task ${lastPart(lastTaskArn)})`,
    ),
    ...(stopping > 0
      ? [`${stopping} tasks are stopping${isAtMaximum ? '; others start when they are gone (maximumPercent)' : ''}`]
      : []),
  ];
  return [...lines, ...tasks.map((task) => `\n${renderTask(task)}`)].join('\n');
}
