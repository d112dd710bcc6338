/** What a process says of itself; tests pretend to be another one. */
export interface NodeSelf {
  readonly version?: string;
  readonly execPath?: string;
  readonly platform?: string;
  readonly arch?: string;
}

export const NEEDED_MAJOR: number;

export function findNode(root: string, self?: NodeSelf): { readonly path: string } | { readonly problem: string };
