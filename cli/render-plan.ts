import type { PlacementExplanation } from './explanation.ts';
import { lastPart } from './read-status.ts';
import { reasonsText } from './reasons.ts';
import { printable, table } from './table.ts';

/** The answer of Berth.Plan, as JSON has it. */
export interface Plan {
  readonly starts: readonly {
    readonly group: string;
    readonly taskDefinitionArn: string;
    readonly containerInstanceArn?: string;
    readonly considered?: number;
    readonly rejections?: PlacementExplanation['rejections'];
    readonly remedies?: readonly string[];
  }[];
  readonly stops: readonly {
    readonly taskArn: string;
    readonly group: string;
    readonly taskDefinitionArn: string;
    readonly containerInstanceArn?: string;
    readonly reason: string;
  }[];
}

const short = (arn: string | undefined): string => lastPart(arn ?? '').slice(0, 8);

/** What would happen, for people. */
export function renderPlan({ starts, stops }: Plan): string {
  if (starts.length + stops.length === 0) return 'nothing would start or stop';
  const remedies = [...new Set(starts.flatMap((start) => start.remedies ?? []))];
  return [
    ...(starts.length > 0 ? [table(['START', 'GROUP', 'DEFINITION', 'INSTANCE'], starts.map(startRow))] : []),
    ...(stops.length > 0 ? [table(['STOP', 'GROUP', 'DEFINITION', 'INSTANCE', 'WHY'], stops.map(stopRow))] : []),
    `${starts.length} would start, ${stops.length} would stop now; nothing was changed`,
    ...(remedies.length > 0 ? [remedies.map((remedy) => `fix: ${printable(remedy)}`).join('\n')] : []),
  ].join('\n\n');
}

const startRow = (start: Plan['starts'][number], position: number): readonly string[] => [
  String(position + 1),
  start.group,
  lastPart(start.taskDefinitionArn),
  start.containerInstanceArn === undefined ? waiting(start) : short(start.containerInstanceArn),
];

function waiting({ considered = 0, rejections = [] }: Plan['starts'][number]): string {
  if (considered === 0) return 'would wait: the cluster has no instance';
  return `would wait: ${reasonsText({ considered, rejections })}`;
}

const stopRow = (stop: Plan['stops'][number]): readonly string[] => [
  short(stop.taskArn),
  stop.group,
  lastPart(stop.taskDefinitionArn),
  short(stop.containerInstanceArn),
  stop.reason,
];
