import type { KubeObject } from '#core/kube/object.ts';

/** One column: what kubectl prints over it and for each object. Priority 1 shows with `-o wide` only. */
export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'boolean';
  readonly priority?: 0 | 1;
  readonly description: string;
  readonly value: (object: KubeObject, now: number) => string | number | boolean;
}
