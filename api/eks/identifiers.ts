import type { TaggedResource } from '#control/tags/tagged-resource.ts';
import { Fault } from '#core/fault.ts';
import type { Scope } from '#core/model/scope.ts';

const ARN = /^arn:aws[a-z-]*:(\w+):([\w-]+):(\d{12}):(.{1,400})$/;
const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** A name that may be a cluster's. Throws InvalidParameter. */
export function clusterName(text: string | undefined): string {
  if (text !== undefined && NAME.test(text)) return text;
  throw new Fault(
    'InvalidParameter',
    'The name of a cluster has 1 to 100 letters, digits, hyphens and underscores, and begins with a letter or digit.',
  );
}

/** What an EKS ARN names of what carries tags here. Throws InvalidParameter. */
export function tagTarget({ accountId, region }: Scope, text: string | undefined): TaggedResource {
  const [, service, arnRegion, account, resource = ''] = ARN.exec(text ?? '') ?? [];
  const [type, ...names] = resource.split('/');
  const isHere = service === 'eks' && arnRegion === region && account === accountId;
  const isOwn = isHere && names.every((name) => NAME.test(name));
  const [cluster = '', profile = '', id = ''] = names;
  if (isOwn && type === 'cluster' && names.length === 1) return { kind: 'eks-cluster', cluster };
  if (isOwn && type === 'fargateprofile' && names.length === 3)
    return { kind: 'fargate-profile', cluster, profile, id };
  throw new Fault('InvalidParameter', 'The ARN names no cluster and no Fargate profile of this account and region.');
}
