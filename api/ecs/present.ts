type Present<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Leaves out members that are undefined, which exact optional properties do not allow to be written. */
export const present = <T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
