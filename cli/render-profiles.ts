import type { Admission, MatchAnswer, ProfileVerdict, SelectorMiss, SelectorVerdict } from './profile-verdict.ts';
import { printable } from './table.ts';

/** Which profile takes which pods, for people. */
export function renderMatches({ cluster, workloads, others }: MatchAnswer): string {
  const lines = workloads.flatMap(({ kind, namespace, name, isServed, admission, profiles }) => [
    `${printable(kind)} ${printable(namespace)}/${printable(name)}: ${admissionText(admission)}`,
    ...(isServed ? [] : [`  note: Berth's Kubernetes API has no ${printable(kind)} of this version`]),
    ...(admission.kind === 'unmatched' ? profiles.flatMap(verdictLines) : []),
  ]);
  const count = others.length;
  const rest = count === 0 ? [] : [`${count} ${count === 1 ? 'object makes' : 'objects make'} no pods`];
  return lines.length === 0
    ? [`nothing here makes pods in cluster ${printable(cluster)}`, ...rest].join('\n')
    : [...lines, ...rest].join('\n');
}

export function admissionText(admission: Admission): string {
  switch (admission.kind) {
    case 'admitted':
      return `profile ${printable(admission.profile)} takes it, as ${printable(admission.capacityProvisioned)}`;
    case 'refused':
      return `profile ${printable(admission.profile)} takes it, and it cannot run: ${printable(admission.message)}`;
    case 'unmatched':
      return `no profile takes it. ${printable(admission.message)}`;
    default:
      return printable(String((admission as { kind: unknown }).kind));
  }
}

/** Why a profile does not take a pod; nothing for one that does. */
export function verdictLines({ profile, isMatch, obstacle, selectors }: ProfileVerdict): readonly string[] {
  if (isMatch) return [];
  const head = `  profile ${printable(profile)}`;
  if (obstacle) return [`${head}: ${obstacleText(obstacle)}`];
  return selectors.map((selector, at) => `${head}, selector ${at + 1}: ${selectorText(selector)}`);
}

function obstacleText({ kind, status = '', to = '' }: NonNullable<ProfileVerdict['obstacle']>): string {
  switch (kind) {
    case 'notActive':
      return `is ${printable(status)}`;
    case 'pinned':
      return `the pod's label names profile ${printable(to)}`;
    case 'optedOut':
      return "the pod's annotation asks for EC2";
    default:
      return printable(kind);
  }
}

const selectorText = ({ misses }: SelectorVerdict): string => misses.map(missText).join('; ');

function missText(miss: SelectorMiss): string {
  if (miss.kind === 'namespace') {
    return `wants namespace ${printable(miss.wanted)}, the pod is in ${printable(miss.found)}`;
  }
  const wanted = `wants label ${printable(miss.key)}=${printable(miss.wanted)}`;
  return miss.found.length === 0
    ? `${wanted}, the pod has none`
    : `${wanted}, the pod has ${printable(miss.found.join(', '))}`;
}
