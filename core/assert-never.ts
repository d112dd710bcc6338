/** Ends every switch over a closed union, so that a new member fails to compile until each switch handles it. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected variant: ${JSON.stringify(value)}`);
}
