import type { Json, JsonObject } from '../json.ts';
import { objectAt } from '../kube/object.ts';
import { objectsAt } from './pod-containers.ts';

/** Labels every Fargate node has, with the value it has; an empty list for those whose value only placement knows. */
const NODE_LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/os', ['linux']],
  ['beta.kubernetes.io/os', ['linux']],
  ['kubernetes.io/arch', ['amd64']],
  ['beta.kubernetes.io/arch', ['amd64']],
  ['eks.amazonaws.com/compute-type', ['fargate']],
  ['kubernetes.io/hostname', []],
  ['topology.kubernetes.io/region', []],
  ['topology.kubernetes.io/zone', []],
  ['failure-domain.beta.kubernetes.io/region', []],
  ['failure-domain.beta.kubernetes.io/zone', []],
]);

/** What a pod wants of its node that no Fargate node has, as `key=value` and in words for the rest; empty when some node will do. */
export function nodeComplaints(spec: JsonObject): readonly string[] {
  const selector = Object.entries(objectAt(spec['nodeSelector'])).filter(
    ([key, value]) => !mayBe(key, (known) => known.includes(String(value))),
  );
  return [...selector.map(([key, value]) => `${key}=${String(value)}`), ...affinityComplaints(spec)];
}

/** A required affinity is met by any one of its terms, and a term by a node that meets all of its expressions. */
function affinityComplaints(spec: JsonObject): readonly string[] {
  const node = objectAt(objectAt(spec['affinity'])['nodeAffinity']);
  const required = objectAt(node['requiredDuringSchedulingIgnoredDuringExecution']);
  const terms = objectsAt(required['nodeSelectorTerms']);
  if (terms.length === 0) return [];
  const unmet = terms.map((term) => objectsAt(term['matchExpressions']).filter((expression) => !meets(expression)));
  if (unmet.some((expressions) => expressions.length === 0)) return [];
  return unmet.flatMap((expressions) => expressions.map(inWords));
}

function meets({ key, operator, values }: JsonObject): boolean {
  const asked = textsOf(values);
  const name = String(key);
  switch (operator) {
    case 'In':
      return mayBe(name, (known) => known.some((value) => asked.includes(value)));
    case 'NotIn':
      return !NODE_LABELS.has(name) || mayBe(name, (known) => !known.some((value) => asked.includes(value)));
    case 'Exists':
      return NODE_LABELS.has(name);
    case 'DoesNotExist':
      return !NODE_LABELS.has(name);
    default:
      // Gt and Lt compare numbers, and no label of a Fargate node is one.
      return false;
  }
}

/** Where only placement knows the value, it may be any. */
function mayBe(key: string, isRight: (known: readonly string[]) => boolean): boolean {
  const known = NODE_LABELS.get(key);
  return known !== undefined && (known.length === 0 || isRight(known));
}

const inWords = ({ key, operator, values }: JsonObject): string =>
  [String(key), String(operator), textsOf(values).join('|')].filter((part) => part !== '').join(' ');

const textsOf = (values: Json | undefined): readonly string[] => (Array.isArray(values) ? values.map(String) : []);
