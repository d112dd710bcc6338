import { apiVersionOf, type KubeResource, resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { KUBE_VERSION } from '#core/kube/server-version.ts';
import { KIND_NOTES, LIMITS, type Note } from './kube-compatibility-notes.ts';

const HEAD = `# Kubernetes compatibility

Written by \`npm run docs:kube\` from \`core/kube/resources.ts\`, the table that paths, discovery and checks are made from, and from
\`scripts/kube-compatibility-notes.ts\`; a test fails when this file is not what they say. Edit those, never this.

The API follows Kubernetes ${KUBE_VERSION.major}.${KUBE_VERSION.minor}. Fields of a kind that are not named below are checked by its
schema, kept and shown; what a container, a volume or a probe may say is judged when its pod is made.

| word | meaning |
|---|---|
| recorded | kept and shown again; nothing acts on it |
| limited | acted on, within what is said |
| refused | answered with a \`Status\` that says why; nothing is written |`;

/** docs/kubernetes-compatibility.md. */
export function renderKubeCompatibility(): string {
  return `${[
    HEAD,
    '## Resources',
    table(['resource', 'API version', 'short', 'verbs', 'subresources', 'selected by'], RESOURCES.map(resourceRow)),
    'Every kind is also selected by `metadata.name`, `metadata.namespace` and its labels. A verb that is not named is 405.',
    '## Kinds',
    ...RESOURCES.filter((resource) => KIND_NOTES[resourceName(resource)]).map(section),
    '## Limits',
    table(['what', 'limit'], LIMITS),
  ].join('\n\n')}\n`;
}

function resourceRow(resource: KubeResource): readonly string[] {
  const parts = resource.subresources.map(({ name, verbs }) => `\`${name}\` (${verbs.join(', ')})`);
  return [
    `\`${resource.plural}\`${resource.isNamespaced ? '' : ' (no namespace)'}`,
    apiVersionOf(resource),
    resource.shortNames.join(', '),
    resource.review ? 'create: answered, not stored' : resource.verbs.join(', '),
    parts.join(', '),
    resource.selectableFields.map((field) => `\`${field}\``).join(', '),
  ];
}

const section = (resource: KubeResource): string =>
  [`### ${resource.kind} (${apiVersionOf(resource)})`, table(['what', '', 'why'], notesOf(resource).map(noteRow))].join(
    '\n\n',
  );

const notesOf = (resource: KubeResource): readonly Note[] => KIND_NOTES[resourceName(resource)] ?? [];

const noteRow = ({ what, fate, why }: Note): readonly string[] => [what, fate, why];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
