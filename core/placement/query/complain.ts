import { Fault } from '../../fault.ts';

const MAX_SHOWN = 40;

/** What is wrong with a query, where, and what would be right there. Positions count characters from 1. */
export function complain(at: number, expected: string, found: string): never {
  const shown = found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}...` : found;
  const what = shown === '' ? 'the end of the expression' : `'${shown}'`;
  throw new Fault(
    'InvalidParameter',
    `Invalid cluster query expression: expected ${expected} at character ${at + 1}, found ${what}.`,
  );
}

/** The expression says something that is never allowed, wherever it stands. */
export function refuseAt(at: number, message: string): never {
  throw new Fault('InvalidParameter', `Invalid cluster query expression: ${message} (character ${at + 1}).`);
}
