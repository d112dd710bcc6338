import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionRequest,
  type TaskDefinition,
  type Volume,
} from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openEcs } from '#test/support/ecs-request.ts';

/** Leaves out what is undefined, as a caller leaves out a member. */
const given = <T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  arbitrary.map((it) => Object.fromEntries(Object.entries(it).filter(([, value]) => value !== undefined)) as T);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> =>
  maybe(fc.array(arbitrary, { maxLength: 2 }));
const record = <T>(members: { [Name in keyof T]: fc.Arbitrary<T[Name] | undefined> }): fc.Arbitrary<T> =>
  given(
    fc.record(members as { [Name in keyof T]: fc.Arbitrary<T[Name]> }) as fc.Arbitrary<object>,
  ) as unknown as fc.Arbitrary<T>;

const text = fc.constantFrom('a', 'A b', 'é😀', '$x {y}', '0', '\\n');
const strings = some(text);
const labels = maybe(fc.dictionary(fc.constantFrom('a', 'a.b/c', 'A', 'constructor'), text, { maxKeys: 3 }));
const small = fc.integer({ min: 0, max: 100 });
const VOLUMES = ['v0', 'v1', 'v2', 'v3', 'v4'] as const;
const volumeName = fc.constantFrom(...VOLUMES);

const volumes: fc.Arbitrary<Volume[]> = fc
  .tuple(
    record({ host: maybe(fc.constantFrom({}, { sourcePath: '/srv' })) }),
    record({
      efsVolumeConfiguration: record({
        fileSystemId: fc.constant('fs-1'),
        rootDirectory: maybe(fc.constantFrom('/', '/data')),
        transitEncryption: maybe(fc.constantFrom('ENABLED' as const, 'DISABLED' as const)),
        authorizationConfig: maybe(record({ iam: maybe(fc.constant('ENABLED' as const)) })),
      }),
    }),
    record({
      dockerVolumeConfiguration: record({
        scope: maybe(fc.constantFrom('task' as const, 'shared' as const)),
        autoprovision: maybe(fc.boolean()),
        driver: maybe(text),
        driverOpts: labels,
        labels,
      }),
    }),
    record({
      fsxWindowsFileServerVolumeConfiguration: fc.constant({
        fileSystemId: 'fs-2',
        rootDirectory: 'share',
        authorizationConfig: { credentialsParameter: 'arn', domain: 'd' },
      }),
    }),
    fc.constant({ configuredAtLaunch: true }),
  )
  .map((found) => found.map((volume, at): Volume => ({ name: VOLUMES[at] ?? '', ...volume })));

const networkMode = maybe(fc.constantFrom('bridge' as const, 'host' as const, 'awsvpc' as const, 'none' as const));

const container = (at: number, network: string | undefined): fc.Arbitrary<ContainerDefinition> => {
  const isShared = network === 'awsvpc' || network === 'host';
  const before = Array.from({ length: at }, (_, earlier) => `c${earlier}`);
  const earlier = fc.constantFrom(...(before.length > 0 ? before : ['c0']));
  const toEarlier = <T>(of: fc.Arbitrary<T>) => (at === 0 ? fc.constant(undefined) : some(of));
  return record<ContainerDefinition>({
    name: fc.constant(`c${at}`),
    image: fc.constantFrom('nginx', 'registry.example/a:1', 'a@sha256:00'),
    cpu: maybe(small),
    memory: fc.integer({ min: 64, max: 128 }),
    memoryReservation: maybe(fc.integer({ min: 6, max: 64 })),
    essential: at === 0 ? maybe(fc.constant(true)) : maybe(fc.boolean()),
    portMappings: some(
      fc.integer({ min: 1, max: 65_535 }).chain((containerPort) =>
        record({
          containerPort: fc.constant(containerPort),
          hostPort: maybe(isShared ? fc.constantFrom(containerPort, 0) : small),
          protocol: maybe(fc.constantFrom('tcp' as const, 'udp' as const)),
          name: maybe(fc.constant('web')),
          appProtocol: maybe(fc.constant('http2' as const)),
        }),
      ),
    ),
    environment: some(record({ name: maybe(text), value: maybe(text) })),
    environmentFiles: some(fc.constant({ type: 's3' as const, value: 'arn:aws:s3:::b/e.env' })),
    secrets: some(record({ name: text, valueFrom: text })),
    mountPoints: some(record({ sourceVolume: volumeName, containerPath: maybe(text), readOnly: maybe(fc.boolean()) })),
    volumesFrom: toEarlier(record({ sourceContainer: earlier, readOnly: maybe(fc.boolean()) })),
    dependsOn: toEarlier(
      record({ containerName: earlier, condition: fc.constantFrom('START' as const, 'HEALTHY' as const) }),
    ),
    links: network === 'awsvpc' ? fc.constant(undefined) : strings,
    hostname: network === 'awsvpc' ? fc.constant(undefined) : maybe(fc.constant('box')),
    command: strings,
    entryPoint: strings,
    user: maybe(text),
    workingDirectory: maybe(text),
    startTimeout: maybe(small),
    stopTimeout: maybe(small),
    privileged: maybe(fc.boolean()),
    readonlyRootFilesystem: maybe(fc.boolean()),
    interactive: maybe(fc.boolean()),
    pseudoTerminal: maybe(fc.boolean()),
    disableNetworking: maybe(fc.boolean()),
    dnsServers: strings,
    dnsSearchDomains: strings,
    extraHosts: some(record({ hostname: text, ipAddress: text })),
    dockerSecurityOptions: strings,
    dockerLabels: labels,
    ulimits: some(record({ name: fc.constant('nofile' as const), softLimit: small, hardLimit: small })),
    logConfiguration: maybe(
      record({
        logDriver: fc.constantFrom('awslogs' as const, 'json-file' as const),
        options: labels,
        secretOptions: some(record({ name: text, valueFrom: text })),
      }),
    ),
    healthCheck: maybe(
      record({
        command: fc.constant(['CMD', 'true']),
        interval: maybe(fc.integer({ min: 5, max: 300 })),
        timeout: maybe(fc.integer({ min: 2, max: 60 })),
        retries: maybe(fc.integer({ min: 1, max: 10 })),
        startPeriod: maybe(fc.integer({ min: 0, max: 300 })),
      }),
    ),
    systemControls: some(record({ namespace: maybe(text), value: maybe(text) })),
    resourceRequirements: some(fc.constant({ type: 'GPU' as const, value: '1' })),
    restartPolicy: maybe(
      record({
        enabled: fc.boolean(),
        ignoredExitCodes: maybe(fc.array(small, { maxLength: 3 })),
        restartAttemptPeriod: maybe(fc.integer({ min: 60, max: 1800 })),
      }),
    ),
    linuxParameters: maybe(
      record({
        capabilities: maybe(record({ add: strings, drop: strings })),
        devices: some(record({ hostPath: text, containerPath: maybe(text) })),
        initProcessEnabled: maybe(fc.boolean()),
        sharedMemorySize: maybe(small),
        tmpfs: some(record({ containerPath: text, size: small, mountOptions: strings })),
        maxSwap: maybe(small),
        swappiness: maybe(small),
      }),
    ),
    firelensConfiguration: maybe(record({ type: fc.constant('fluentbit' as const), options: labels })),
    repositoryCredentials: maybe(fc.constant({ credentialsParameter: 'arn:x' })),
    versionConsistency: maybe(fc.constantFrom('enabled' as const, 'disabled' as const)),
  });
};

/** Only a container with a health check can be waited for to be HEALTHY. */
const whereChecked = (containers: readonly ContainerDefinition[]): ContainerDefinition[] =>
  containers.map(({ dependsOn, ...one }) => {
    const isChecked = (name: string | undefined) =>
      containers.some((other) => other.name === name && other.healthCheck);
    if (!dependsOn) return one;
    const met = dependsOn.map((on) => (isChecked(on.containerName) ? on : { ...on, condition: 'START' as const }));
    return { ...one, dependsOn: met };
  });

const definition: fc.Arbitrary<RegisterTaskDefinitionRequest> = fc
  .tuple(networkMode, fc.integer({ min: 1, max: 3 }))
  .chain(([network, count]) =>
    record<RegisterTaskDefinitionRequest>({
      family: fc.constantFrom('web', 'A_b-9'),
      networkMode: fc.constant(network),
      containerDefinitions: fc
        .tuple(...Array.from({ length: count }, (_, at) => container(at, network)))
        .map(whereChecked),
      volumes,
      placementConstraints: some(fc.constant({ type: 'memberOf' as const, expression: 'attribute:x == 1' })),
      requiresCompatibilities: maybe(fc.constantFrom(['EC2' as const], [])),
      cpu: maybe(fc.constantFrom('512', '.5 vCPU', '0.5 vcpu')),
      memory: maybe(fc.constantFrom('1024', '1GB', '1 gb')),
      taskRoleArn: maybe(fc.constant('arn:aws:iam::123456789012:role/task')),
      executionRoleArn: maybe(fc.constant('arn:aws:iam::123456789012:role/exec')),
      pidMode: maybe(fc.constantFrom('host' as const, 'task' as const)),
      ipcMode: maybe(fc.constantFrom('host' as const, 'none' as const)),
      runtimePlatform: maybe(
        record({
          cpuArchitecture: maybe(fc.constantFrom('X86_64' as const, 'ARM64' as const)),
          operatingSystemFamily: maybe(fc.constant('LINUX' as const)),
        }),
      ),
      ephemeralStorage: maybe(fc.constant({ sizeInGiB: 21 })),
      proxyConfiguration: maybe(
        fc.constant({ type: 'APPMESH' as const, containerName: 'c0', properties: [{ name: 'a', value: 'b' }] }),
      ),
      enableFaultInjection: maybe(fc.boolean()),
    }),
  );

/** What ECS answers for what was sent, written down once more without the code that completes it. */
function completed(sent: RegisterTaskDefinitionRequest): Partial<TaskDefinition> {
  const isShared = sent.networkMode === 'awsvpc' || sent.networkMode === 'host';
  return {
    ...sent,
    ...(sent.cpu === undefined ? {} : { cpu: '512' }),
    ...(sent.memory === undefined ? {} : { memory: '1024' }),
    placementConstraints: sent.placementConstraints ?? [],
    volumes: sent.volumes?.map((volume) => {
      const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
      if (volume.name === 'v0') return { host: {}, ...volume };
      if (efs) return { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory ?? '/' } };
      return docker ? { ...volume, dockerVolumeConfiguration: { ...docker, scope: docker.scope ?? 'task' } } : volume;
    }),
    containerDefinitions: sent.containerDefinitions?.map((one) => ({
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...one,
      portMappings: (one.portMappings ?? []).map((mapping) => ({
        protocol: 'tcp',
        ...mapping,
        hostPort: isShared ? mapping.containerPort : (mapping.hostPort ?? 0),
      })),
      ...(one.healthCheck ? { healthCheck: { interval: 30, timeout: 5, retries: 3, ...one.healthCheck } } : {}),
    })),
  };
}

/** The members RegisterTaskDefinition takes, out of an answer: what a declarative tool sends again. */
function sentAgain(answer: TaskDefinition | undefined): RegisterTaskDefinitionRequest {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    compatibilities: _compatibilities,
    registeredAt: _at,
    registeredBy: _by,
    ...members
  } = answer ?? {};
  return members as RegisterTaskDefinitionRequest;
}

it('any definition: Register answers what was sent and defaults, Describe answers the same, and sent again nothing changes', async () => {
  await fc.assert(
    fc.asyncProperty(definition, async (sent) => {
      const { client } = openEcs();
      const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(sent));
      expect(sentAgain(taskDefinition)).toEqual(completed(sent));
      const read = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: `${sent.family}:1` }));
      expect(read.taskDefinition).toEqual(taskDefinition);
      const again = await client.send(new RegisterTaskDefinitionCommand(sentAgain(read.taskDefinition)));
      expect(sentAgain(again.taskDefinition)).toEqual(sentAgain(taskDefinition));
    }),
    { numRuns: 150 },
  );
}, 60_000);
