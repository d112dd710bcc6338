import { assertNever } from '../assert-never.ts';
import type { ZoneCount } from './zone-counts.ts';

/** What happened to the balance of a service over zones. */
export type RebalanceNews =
  | { readonly kind: 'started'; readonly counts: readonly ZoneCount[]; readonly to: string; readonly isFirst: boolean }
  | { readonly kind: 'stopped'; readonly from: string }
  | { readonly kind: 'completed'; readonly counts: readonly ZoneCount[] };

/** The service events of rebalancing, worded as ECS words them; `tasks` are those one transaction starts or stops. */
export function rebalanceMessages(name: string, news: RebalanceNews, tasks: readonly string[]): readonly string[] {
  const list = tasks.map((id) => `(task ${id})`).join(' ');
  switch (news.kind) {
    case 'started':
      return [
        ...(news.isFirst ? [`${name} is not AZ balanced with ${told(news.counts)}. AZ Rebalancing in progress.`] : []),
        `${name} has started ${tasks.length} tasks in ${zoneName(news.to)} to AZ Rebalance: ${list}.`,
      ];
    case 'stopped':
      return [
        `${name} has stopped ${tasks.length} running tasks in ${zoneName(news.from)} due to AZ rebalancing: ${list}.`,
      ];
    case 'completed':
      return [`${name} is AZ balanced with ${told(news.counts)}.`];
    default:
      return assertNever(news);
  }
}

function told(counts: readonly ZoneCount[]): string {
  const parts = counts.map(({ zone, tasks }) => `${tasks} tasks in ${zoneName(zone)}`);
  if (parts.length <= 2) return parts.join(' and ');
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}

const zoneName = (zone: string): string => (zone === '' ? 'no Availability Zone' : zone);
