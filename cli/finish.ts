/** Tells the caller how a command that ran to its end came out. */
export type Finish = (exitCode: number) => void;
