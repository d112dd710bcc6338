import type { KubeObject } from '../object.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Annotations that are a ReplicaSet's own and not its Deployment's. */
const OWN: ReadonlySet<string> = new Set([LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED, MAXIMUM]);

type Annotations = Readonly<Record<string, string>>;

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

/** Which revision of its Deployment a ReplicaSet is; 0 where nothing readable says so. */
export const revisionOf = ({ metadata }: KubeObject): number => wholeNumber(metadata.annotations?.[REVISION]) ?? 0;

/** How many pods its Deployment wanted in all, and how many there might be, when the ReplicaSet was last scaled. */
export const scaledFor = ({ metadata }: KubeObject) => ({
  desired: wholeNumber(metadata.annotations?.[DESIRED]),
  maximum: wholeNumber(metadata.annotations?.[MAXIMUM]),
});

export const scaleMarks = (desired: number, maximum: number): Annotations => ({
  [DESIRED]: String(desired),
  [MAXIMUM]: String(maximum),
});

/** The annotations of a Deployment that its newest ReplicaSet has, too: `rollout history` shows the cause of a change from there. */
export const handedDown = ({ metadata }: KubeObject): Annotations =>
  Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([name]) => !OWN.has(name)));

/** Revisions of one ReplicaSet are remembered that far back, in characters. */
const MAX_HISTORY = 2_000;

/** The annotations that make a ReplicaSet this revision; one that was another before remembers it. */
export function revisionMarks(set: KubeObject | undefined, revision: number): Annotations {
  const before = set ? revisionOf(set) : 0;
  if (!set || before === 0 || before >= revision) return { [REVISION]: String(Math.max(before, revision)) };
  const history = set.metadata.annotations?.[REVISION_HISTORY] ?? '';
  const past = [...history.split(',').filter((one) => one !== ''), String(before)].join(',');
  return { [REVISION]: String(revision), [REVISION_HISTORY]: past.slice(-MAX_HISTORY) };
}
