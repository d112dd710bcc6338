import { table } from './table.ts';

/** The answer of Berth.History, as JSON has it. */
export interface History {
  readonly entries: readonly {
    readonly at: string;
    readonly kind: 'deployment-started' | 'deployment-ended' | 'task-started' | 'task-stopped' | 'told';
    readonly cause: string;
    readonly because: string;
    readonly deployment?: string;
    readonly taskArn?: string;
    readonly containerInstanceArn?: string;
    readonly replacesTaskArn?: string;
  }[];
  /** False: there are older entries. */
  readonly isWhole: boolean;
}

const HEADS = ['WHEN', 'WHAT', 'WHICH', 'CAUSE', 'BECAUSE'];

export function renderHistory({ entries, isWhole }: History): string {
  if (entries.length === 0) return 'nothing is remembered';
  const rows = entries.map(({ at, kind, taskArn, deployment, cause, because }) => [
    at,
    kind.replace('-', ' '),
    taskArn === undefined ? (deployment ?? '') : (taskArn.split('/').at(-1) ?? ''),
    cause,
    because,
  ]);
  return `${isWhole ? '' : 'older entries are left out (--limit)\n'}${table(HEADS, rows)}`;
}
