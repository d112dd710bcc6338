import type { Failure as WireFailure } from '@aws-sdk/client-ecs';
import type { Failure } from '#control/intents.ts';

/** The entries of a batched read that exist. */
export const found = <T>(views: readonly (T | undefined)[]): readonly T[] => views.filter((view) => view !== undefined);

/** One MISSING failure for every entry that does not. */
export const missing = (views: readonly unknown[], arnAt: (position: number) => string): WireFailure[] =>
  views.flatMap((view, position) => (view === undefined ? [{ arn: arnAt(position), reason: 'MISSING' }] : []));

export const failureViews = (failures: readonly Failure[]): WireFailure[] =>
  failures.map((failure) => ({ ...failure }));
