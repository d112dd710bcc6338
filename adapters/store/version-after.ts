import type { Expectation } from '#control/ports.ts';

/** The version a put leaves behind: 1 at creation, plus 1 at every put. */
export const versionAfter = (expect: Expectation): number => (expect === 'absent' ? 1 : expect + 1);
