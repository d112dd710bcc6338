import type { RebalanceNews } from './rebalance-messages.ts';

/** What one step of a service is worth telling: each is a service event, an event of the outbox, or both. */
export type ServiceNews =
  /** `replaced`: how many of them take the place of unhealthy ones. */
  | { readonly kind: 'tasks-started'; readonly tasks: readonly string[]; readonly replaced: number }
  | { readonly kind: 'tasks-unhealthy'; readonly tasks: readonly string[] }
  | { readonly kind: 'rebalance'; readonly news: RebalanceNews; readonly tasks: readonly string[] }
  | { readonly kind: 'task-set-scaled'; readonly taskSet: string; readonly desired: number }
  | { readonly kind: 'task-set-stable'; readonly taskSet: string }
  | { readonly kind: 'tasks-stopped'; readonly tasks: readonly string[] }
  | { readonly kind: 'placement-failed'; readonly complaint: string; readonly reason: string }
  | { readonly kind: 'start-impaired' }
  | { readonly kind: 'deployment-begun'; readonly deployment: string; readonly isRollback: boolean }
  | { readonly kind: 'deployment-completed'; readonly deployment: string }
  | { readonly kind: 'deployment-failed'; readonly deployment: string; readonly failure: string }
  | { readonly kind: 'rolling-back'; readonly deployment: string }
  | { readonly kind: 'steady' }
  | { readonly kind: 'capacity-steady' };
