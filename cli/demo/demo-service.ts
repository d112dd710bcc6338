import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';

export const CLUSTER = 'default';
export const SERVICE = 'hello';
export const TASKS = 3;

/** A loop that ends at once when asked to, with `marker` in its command line. Makes the service; runs nothing itself. */
export async function createDemoService(client: ECSClient, image: string, marker: string): Promise<void> {
  const script = `: ${marker}; trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done`;
  await client.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: SERVICE,
      containerDefinitions: [
        { name: 'main', image, cpu: 64, memory: 64, essential: true, command: ['/bin/sh', '-c', script] },
      ],
    }),
  );
  await client.send(
    new CreateServiceCommand({ cluster: CLUSTER, serviceName: SERVICE, taskDefinition: SERVICE, desiredCount: TASKS }),
  );
}

export async function deleteDemoService(client: ECSClient): Promise<void> {
  await client.send(new DeleteServiceCommand({ cluster: CLUSTER, service: SERVICE, force: true }));
}
