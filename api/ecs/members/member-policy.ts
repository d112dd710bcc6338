/**
 * What becomes of one member of a request. The declarations are what `refuseUnserved` acts on and what
 * docs/ecs-compatibility.md is written from, so neither can say something the other does not.
 */
export type MemberPolicy =
  /** Acted on; the members below it have declarations of their own. */
  | { readonly kind: 'supported'; readonly except?: Refusal; readonly note?: string }
  /** Stored and shown again, with all that is in it; nothing acts on it. */
  | { readonly kind: 'echoed'; readonly why: string }
  /** Stored and shown again, but the machine refuses to start a task that uses it. */
  | { readonly kind: 'unstartable'; readonly why: string }
  /** Accepted and forgotten. */
  | { readonly kind: 'ignored'; readonly why: string }
  /** UnsupportedFeatureException when it says anything. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Which values are refused, in words and as a rule, and the message each is refused with. */
export interface Refusal {
  readonly when: string;
  readonly applies: (value: unknown) => boolean;
  /** Without a value: what it says of all it refuses, for the table of operations. */
  readonly message: (value?: unknown) => string;
}

/** The policy of every member of one structure. */
export interface Declaration {
  readonly structure: string;
  readonly members: Readonly<Record<string, MemberPolicy>>;
}

/** Declares a structure of client-ecs; a member left out, or one the model does not have, does not compile. */
export const members = <T extends object>(
  structure: string,
  policies: { readonly [Name in keyof Required<T>]: MemberPolicy },
): Declaration => ({ structure, members: policies });

export const supported: MemberPolicy = { kind: 'supported' };
/** `note` says what it depends on, or where its limits are. */
export const supportedWith = (note: string): MemberPolicy => ({ kind: 'supported', note });
export const echoed = (why: string): MemberPolicy => ({ kind: 'echoed', why });
export const unstartable = (why: string): MemberPolicy => ({ kind: 'unstartable', why });
export const ignored = (why: string): MemberPolicy => ({ kind: 'ignored', why });

/** `what` completes "Berth does not serve". */
const notServed = (what: string): string => `Berth does not serve ${what} yet.`;

/** An absent member and an empty list ask for nothing. */
const saysSomething = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

export const refused = (what: string): MemberPolicy => ({
  kind: 'refused',
  refusal: { when: 'given', applies: saysSomething, message: () => notServed(what) },
});

/** Served but for some values, which `noun` says the kind of; in a list of values each counts. */
export const supportedBut = (values: readonly string[], noun = ''): MemberPolicy => {
  const among = (value: unknown): readonly string[] =>
    [value]
      .flat()
      .map(String)
      .filter((one) => values.includes(one));
  return {
    kind: 'supported',
    except: {
      when: values.map((value) => `\`${value}\``).join(', '),
      applies: (value) => among(value).length > 0,
      message: (value) => notServed(`${(value === undefined ? values : among(value)).join(' or ')} ${noun}`.trim()),
    },
  };
};

/** Refused when its member `enabled` is true; what is switched off asks for nothing. */
export const refusedWhenEnabled = (what: string): MemberPolicy => ({
  kind: 'refused',
  refusal: {
    when: '`enabled` is true',
    applies: (value) => (value as { readonly enabled?: boolean } | undefined)?.enabled === true,
    message: () => notServed(what),
  },
});
