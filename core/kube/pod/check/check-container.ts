import type { FieldCause } from '../../../fault.ts';
import type { Json, JsonObject } from '../../../json.ts';
import { duplicate, forbiddenField, invalid, notFoundField, required } from '../../causes.ts';
import { isDnsLabel } from '../../check-meta.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkLifecycle, checkProbe } from './check-probe.ts';
import { checkResources } from './check-resources.ts';
import { checkSecurityContext } from './check-security-context.ts';
import { eachObject, oneOf, textAt, texts, wholeNumber } from './check-values.ts';
import { checkFilePath } from './check-volumes.ts';

interface ContainerContext {
  readonly volumes: ReadonlySet<string>;
  readonly isInit: boolean;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

export function checkContainer(container: JsonObject, path: string, context: ContainerContext): readonly FieldCause[] {
  return [
    ...checkName(container['name'], `${path}.name`),
    ...checkImage(container['image'], `${path}.image`),
    ...oneOf(container['imagePullPolicy'], `${path}.imagePullPolicy`, PULL_POLICIES),
    ...oneOf(container['terminationMessagePolicy'], `${path}.terminationMessagePolicy`, MESSAGE_POLICIES),
    ...texts(container['command'], `${path}.command`),
    ...texts(container['args'], `${path}.args`),
    ...checkPorts(container['ports'], `${path}.ports`),
    ...checkEnvironment(container, path),
    ...checkResources(container['resources'], `${path}.resources`),
    ...checkMounts(container['volumeMounts'], `${path}.volumeMounts`, context.volumes),
    ...checkSecurityContext(container['securityContext'], `${path}.securityContext`),
    ...checkProbes(container, path, context),
  ];
}

function checkName(name: Json | undefined, path: string): readonly FieldCause[] {
  if (textAt(name) === '') return [required(path)];
  if (isDnsLabel(textAt(name))) return [];
  const why =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [invalid(path, name, why)];
}

function checkImage(image: Json | undefined, path: string): readonly FieldCause[] {
  const text = textAt(image);
  if (text === '') return [required(path)];
  return text === text.trim() ? [] : [invalid(path, text, 'must not have leading or trailing whitespace')];
}

const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_PORT = 65_535;

function checkPorts(ports: Json | undefined, path: string): readonly FieldCause[] {
  const names = new Set<string>();
  return eachObject(ports, path, (port, at) => {
    const { name, containerPort, hostPort, protocol } = port;
    const isTaken = typeof name === 'string' && names.has(name);
    if (typeof name === 'string') names.add(name);
    return [
      ...(containerPort === undefined ? [required(`${at}.containerPort`)] : []),
      ...wholeNumber(containerPort, `${at}.containerPort`, 1, MAX_PORT),
      ...wholeNumber(hostPort, `${at}.hostPort`, 0, MAX_PORT),
      ...oneOf(protocol, `${at}.protocol`, ['TCP', 'UDP', 'SCTP']),
      ...(name === undefined || name === '' || PORT_NAME.test(textAt(name))
        ? []
        : [
            invalid(
              `${at}.name`,
              name,
              'must be at most 15 lower case letters, digits and single hyphens, with a letter',
            ),
          ]),
      ...(isTaken ? [duplicate(`${at}.name`, name)] : []),
    ];
  });
}

function checkMounts(mounts: Json | undefined, path: string, volumes: ReadonlySet<string>): readonly FieldCause[] {
  const places = new Set<string>();
  return eachObject(mounts, path, (mount, at) => {
    const [name, mountPath, subPath] = [textAt(mount['name']), textAt(mount['mountPath']), mount['subPath']];
    const isTaken = places.has(mountPath);
    places.add(mountPath);
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(name !== '' && !volumes.has(name) ? [notFoundField(`${at}.name`, name)] : []),
      ...(mountPath === '' ? [required(`${at}.mountPath`)] : []),
      ...(mountPath !== '' && isTaken ? [invalid(`${at}.mountPath`, mountPath, 'must be unique')] : []),
      ...(subPath === undefined || subPath === null || subPath === '' ? [] : checkFilePath(subPath, `${at}.subPath`)),
    ];
  });
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** An init container that ends has nothing to be asked; one that stays (restartPolicy Always) is as any other. */
function checkProbes(container: JsonObject, path: string, { isInit }: ContainerContext): readonly FieldCause[] {
  const { restartPolicy, lifecycle } = container;
  const isSidecar = isInit && restartPolicy === 'Always';
  const mayHave = !isInit || isSidecar;
  const misplaced = [...PROBES, 'lifecycle'].filter((name) => !mayHave && container[name]);
  return [
    ...misplaced.map((name) =>
      forbiddenField(`${path}.${name}`, 'may not be set for init containers without restartPolicy=Always'),
    ),
    ...(restartPolicy === undefined || isSidecar
      ? []
      : isInit
        ? oneOf(restartPolicy, `${path}.restartPolicy`, ['Always'])
        : [forbiddenField(`${path}.restartPolicy`, 'may not be set for non-init containers')]),
    ...PROBES.flatMap((name) => checkProbe(container[name], `${path}.${name}`, container, name !== 'readinessProbe')),
    ...checkLifecycle(lifecycle, `${path}.lifecycle`, container),
  ];
}
