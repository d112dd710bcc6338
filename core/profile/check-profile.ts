import { Fault } from '../fault.ts';
import type { FargateProfile, ProfileSelector } from '../model/fargate-profile.ts';

/** The quotas of EKS for Fargate profiles. */
export const MAX_PROFILES = 10;
const MAX_SELECTORS = 5;
const MAX_LABELS = 5;

const MAX_NAMESPACE = 63;
const MAX_LABEL_KEY = 317;
const MAX_LABEL_VALUE = 63;

const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
/** Names of namespaces and labels, with wildcards in them; none of these characters means more than itself elsewhere. */
const NAMESPACE_PATTERN = /^[a-z0-9*?.-]+$/;
const KEY_PATTERN = /^[A-Za-z0-9*?._/-]+$/;
const VALUE_PATTERN = /^[A-Za-z0-9*?._-]*$/;

/** Throws InvalidParameter, in EKS's words where they are known, for a profile that EKS would not make. */
export function checkProfile({
  name,
  podExecutionRoleArn,
  selectors,
}: Pick<FargateProfile, 'name' | 'podExecutionRoleArn' | 'selectors'>): void {
  if (!NAME.test(name)) {
    invalid(
      'fargateProfileName must have 1 to 100 letters, digits, hyphens and underscores, and begin with a letter or digit.',
    );
  }
  if (name.startsWith('eks-')) invalid("fargateProfileName must not begin with 'eks-': the prefix is reserved.");
  if (!ROLE.test(podExecutionRoleArn)) invalid('podExecutionRoleArn must be the ARN of an IAM role.');
  if (selectors.length === 0) invalid('Fargate Profile requires at least one selector.');
  if (selectors.length > MAX_SELECTORS) invalid(`Request contains more than ${MAX_SELECTORS} Selectors`);
  selectors.forEach(checkSelector);
}

function checkSelector({ namespace, labels }: ProfileSelector): void {
  if (namespace === '') {
    invalid('Fargate Profile must have at least one selector with at least one namespace value.');
  }
  if (namespace.length > MAX_NAMESPACE || !NAMESPACE_PATTERN.test(namespace)) {
    invalid(`A selector's namespace must have at most ${MAX_NAMESPACE} characters of a namespace's name, * and ?.`);
  }
  const pairs = Object.entries(labels);
  if (pairs.length > MAX_LABELS) invalid(`Request contains Selector with more than ${MAX_LABELS} Label pairs`);
  for (const [key, value] of pairs) {
    const isKey = key.length <= MAX_LABEL_KEY && KEY_PATTERN.test(key);
    const isValue = value.length <= MAX_LABEL_VALUE && VALUE_PATTERN.test(value);
    if (!isKey || !isValue) invalid('A label of a selector must be what a label of a pod can be, with * and ? in it.');
  }
}

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
