import { MEMBERS_ECHOED, MEMBERS_REFUSED } from '#api/eks/cluster-members.ts';
import { BINDINGS, OPERATIONS } from '#api/eks/operations.ts';
import { UNSERVED_OPERATIONS } from '#api/eks/unserved-operations.ts';

const HEAD = `# EKS compatibility

Written by \`npm run docs:eks\` from \`api/eks\`; a test fails when this file is not what the code says. Edit that, never this.

A cluster of EKS is the Kubernetes side of Berth's cluster of that name; the ECS API shows the same cluster, its machines and its tasks.
What the Kubernetes API itself takes is in [kubernetes-compatibility.md](kubernetes-compatibility.md).

\`\`\`sh
source .berth/env
aws eks list-clusters                      # an AWS CLI before 2.13 needs --endpoint-url "$AWS_ENDPOINT_URL_EKS"
aws eks update-kubeconfig --name default   # from then on kubectl shows tokens of aws eks get-token
kubectl get namespaces
\`\`\``;

const LIMITS = `## Clusters

- \`CreateCluster\` makes the cluster where there is none, and gives one that the ECS API made its Kubernetes side. The worker makes its
  namespaces; then it is ACTIVE. \`DeleteCluster\` is refused while there are profiles, deletes every object, and the cluster, too, if
  \`CreateCluster\` made it and nothing but pods was in it.
- The version is that of the installation; another one is refused. Networking, logging and access are stored and shown, and nothing acts
  on them.
- All clusters share one address. A token of \`aws eks get-token\` is for the cluster whose name it was signed with. It is checked with the
  installation's own access keys: STS is not asked, session tokens are unknown, and whoever has a key is the clusters' administrator. It
  counts for 15 minutes, and for half a minute at most after its key was revoked.

## Fargate profiles

- At most ten of a cluster, five selectors each, five labels each; never changed; \`*\` and \`?\` in namespaces, label keys and values.
- A pod's profile is the first by name that is ACTIVE and has a selector that matches. The label \`eks.amazonaws.com/fargate-profile\` names the
  only one that may; the annotation \`eks.amazonaws.com/compute-type: ec2\` keeps a pod from all of them.
- \`DeleteFargateProfile\` deletes the profile's pods first. While that lasts, no other profile of the cluster is made or deleted.
- Unlike on EKS, a pod that was made before its profile is taken when the profile appears.
- Roles and subnets are stored and shown; nothing acts on them. CREATE_FAILED and DELETE_FAILED do not occur.
- \`npm start\` begins with the cluster \`default\` and the profile \`fp-default\` for all namespaces. Deleted, the profile does not come back.

\`berth profile match -f app.yaml\` says which profile takes the pods of manifests, in which size, and why not; \`berth explain pod NAME\` says it
of a pod that is there, and where its task stands.

## Size and refusals of a pod

Of CPU and memory, the larger of what the largest init container asks for and what all long-running containers ask for together (sidecars
among them; limits where there are no requests), 256 MiB of memory more, rounded up to Fargate's sizes, 16 vCPU and 120 GB at most. One vCPU
and 8 GB are 2 vCPU and 9 GB.

Refused, in the words of EKS's own scheduler where they are known: host namespaces, privileged containers, privilege escalation, added
capabilities beyond containerd's, host ports and addresses, volumes other than emptyDir, configMap, secret, projected and downwardAPI (on EKS
nfs and claims of EFS run, too), raw devices, GPUs and other extended resources, a seccomp profile of the node, pods of a DaemonSet, and
node selectors and required node affinities that no Fargate node meets. Why is in the pod's \`PodScheduled\` condition and a
\`FailedScheduling\` event.`;

/** docs/eks-compatibility.md. */
export function renderEksCompatibility(): string {
  const names = BINDINGS.map(({ name }) => name).toSorted();
  return `${[
    HEAD,
    `## Operations\n\n${OPERATIONS.size} of ${names.length} are served. The others answer \`ClientException\` and say why.`,
    table(['operation', '', 'why'], names.map(operationRow)),
    LIMITS,
    '## Members of CreateCluster',
    table(
      ['member', '', 'why'],
      [
        ...MEMBERS_ECHOED.map((member) => [member, 'stored and shown', '']),
        ...Object.entries(MEMBERS_REFUSED).map(([member, why]) => [
          member,
          'refused unless it switches things off',
          why,
        ]),
      ],
    ),
  ].join('\n\n')}\n`;
}

const operationRow = (name: string): readonly string[] =>
  OPERATIONS.has(name) ? [name, 'served', ''] : [name, 'refused', UNSERVED_OPERATIONS.get(name) ?? ''];

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
