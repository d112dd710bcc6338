/** A grant that is not opened by then is void (T38). */
export const OPEN_WITHIN_MS = 60_000;
/** Longest life of a session; what is stored of it vanishes an hour later. The gateway cuts sockets off then, too. */
export const MAX_LIFE_MS = 2 * 3_600_000;
export const KEEP_MS = MAX_LIFE_MS + 3_600_000;
/** No input and no output for so long end a session, as on ECS. */
export const IDLE_MS = 20 * 60_000;

/** Bytes of one piece before base64. */
export const MAX_PIECE_BYTES = 16 * 1024;
/** Pieces of output one exchange carries: together they fit the agent API's bodies. */
export const MAX_PIECES_PER_EXCHANGE = 6;
/** Pieces that may wait for their reader; more are not taken until it has read. */
export const MAX_OUTPUT_WAITING = 24;
export const MAX_INPUT_WAITING = 64;

/** Output nobody confirmed is sent again after this time. */
export const RESEND_AFTER_MS = 300;
/** How exactly it is known when an agent was last heard. */
export const HEARD_EVERY_MS = 15_000;
/** An agent silent for so long does not come back to its session. */
export const SILENT_AFTER_MS = 60_000;
/** How long the last output waits for a reader that confirms nothing. */
export const DRAIN_MS = 30_000;
