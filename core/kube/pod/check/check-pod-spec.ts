import type { FieldCause } from '../../../fault.ts';
import type { JsonObject } from '../../../json.ts';
import { objectsAt } from '../../../profile/pod-containers.ts';
import { duplicate, forbiddenField, invalid, required } from '../../causes.ts';
import { isDnsLabel, isSubdomain } from '../../check-meta.ts';
import { checkContainer } from './check-container.ts';
import { checkSecurityContext } from './check-security-context.ts';
import { eachObject, oneOf, wholeNumber } from './check-values.ts';
import { checkVolumes } from './check-volumes.ts';

/**
 * What is wrong with a pod's spec, or that of a template at `path`: only what Kubernetes itself refuses. What Fargate does not run is
 * admission's business, because such a pod is stored and stays Pending.
 */
export function checkPodSpec(spec: JsonObject, path: string): readonly FieldCause[] {
  const volumes = checkVolumes(spec['volumes'], `${path}.volumes`);
  const context = { volumes: volumes.names };
  const containers = eachObject(spec['containers'], `${path}.containers`, (container, at) =>
    checkContainer(container, at, { ...context, isInit: false }),
  );
  const init = eachObject(spec['initContainers'], `${path}.initContainers`, (container, at) =>
    checkContainer(container, at, { ...context, isInit: true }),
  );
  return [
    ...(Array.isArray(spec['containers']) && spec['containers'].length > 0 ? [] : [required(`${path}.containers`)]),
    ...containers,
    ...init,
    ...sameNames(spec, path),
    ...volumes.causes,
    ...checkOwn(spec, path),
    ...checkSecurityContext(spec['securityContext'], `${path}.securityContext`),
  ];
}

/** Init containers and the others share one space of names. */
function sameNames(spec: JsonObject, path: string): readonly FieldCause[] {
  const seen = new Set<string>();
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    objectsAt(spec[list]).flatMap(({ name }, index) => {
      if (typeof name !== 'string' || name === '') return [];
      if (seen.has(name)) return [duplicate(`${path}.${list}[${index}].name`, name)];
      seen.add(name);
      return [];
    }),
  );
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_SECONDS = 2 ** 31 - 1;

function checkOwn(spec: JsonObject, path: string): readonly FieldCause[] {
  const { hostname, subdomain, nodeName, serviceAccountName, ephemeralContainers } = spec;
  const label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-'";
  const named = (field: string, value: unknown, isRight: (text: string) => boolean): readonly FieldCause[] =>
    value === undefined || value === '' || (typeof value === 'string' && isRight(value))
      ? []
      : [invalid(`${path}.${field}`, value as string, label)];
  return [
    ...oneOf(spec['restartPolicy'], `${path}.restartPolicy`, RESTART_POLICIES),
    ...oneOf(spec['dnsPolicy'], `${path}.dnsPolicy`, DNS_POLICIES),
    ...wholeNumber(spec['terminationGracePeriodSeconds'], `${path}.terminationGracePeriodSeconds`, 0, MAX_SECONDS),
    ...wholeNumber(spec['activeDeadlineSeconds'], `${path}.activeDeadlineSeconds`, 1, MAX_SECONDS),
    ...named('hostname', hostname, isDnsLabel),
    ...named('subdomain', subdomain, isDnsLabel),
    ...named('nodeName', nodeName, isSubdomain),
    ...named('serviceAccountName', serviceAccountName, isSubdomain),
    ...(Array.isArray(ephemeralContainers) && ephemeralContainers.length > 0
      ? [
          forbiddenField(
            `${path}.ephemeralContainers`,
            'cannot be set on create; use the ephemeralcontainers subresource',
          ),
        ]
      : []),
  ];
}
