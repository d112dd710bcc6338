/** The caller asked for something that cannot be: printed plainly, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was fine but could not be carried out: printed plainly, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
