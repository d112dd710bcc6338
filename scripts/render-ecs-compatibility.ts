import { policyOf } from '#api/ecs/members/declared-members.ts';
import type { MemberPolicy } from '#api/ecs/members/member-policy.ts';
import { OPERATIONS } from '#api/ecs/operations.ts';
import type { Shape } from '#api/ecs/schema/shape.ts';
import { UNSERVED_OPERATIONS } from '#api/ecs/unserved-operations.ts';
import { assertNever } from '#core/assert-never.ts';

interface Member {
  /** Dotted from the request down; `[]` marks a list. */
  readonly path: string;
  readonly policy: MemberPolicy;
}

const HEAD = `# ECS compatibility

Written by \`npm run docs:ecs\` from the declarations in \`api/ecs/members\` and \`api/ecs/unserved-operations.ts\`, which the
operations themselves obey; a test fails when this file is not what they say. Edit those, never this.

| word | meaning |
|---|---|
| supported | Berth acts on it |
| echoed | stored and shown again, so that a declarative tool sees what it sent; nothing acts on it |
| unstartable | stored and shown again, but a machine refuses to start a task that uses it, with the reason in \`stoppedReason\` |
| ignored | accepted and forgotten |
| refused | \`UnsupportedFeatureException\` with the message given; nothing is written |

A member the model does not have is refused with \`InvalidParameterException\`: \`Unknown parameter: '...'.\``;

/** docs/ecs-compatibility.md. */
export function renderEcsCompatibility(): string {
  const names = [...OPERATIONS.keys(), ...UNSERVED_OPERATIONS.keys()].toSorted();
  const served = [...OPERATIONS].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    HEAD,
    `## Operations\n\n${OPERATIONS.size} of ${names.length} are served. The others answer \`UnsupportedFeatureException\` and say why.`,
    table(['operation', '', 'why'], names.map(operationRow)),
    '## Members',
    ...served.map(([name, { input }]) => section(name, input)),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function operationRow(name: string): readonly string[] {
  const reason = UNSERVED_OPERATIONS.get(name);
  return reason === undefined ? [`[${name}](#${name.toLowerCase()})`, 'served', ''] : [name, 'refused', reason];
}

function section(name: string, input: Shape): string {
  const members = membersOf(input, '');
  const whole = members.filter(({ policy }) => isPlain(policy)).map(({ path }) => `\`${path}\``);
  const others = members.filter(({ policy }) => !isPlain(policy));
  return [
    `### ${name}`,
    `Supported: ${whole.length > 0 ? whole.join(', ') : 'nothing to give'}.`,
    ...(others.length > 0 ? [table(['member', '', 'why'], others.map(memberRow))] : []),
  ].join('\n\n');
}

/** The members of a request, each followed by those below it when not all of them are simply supported. */
function membersOf(shape: Shape, prefix: string): readonly Member[] {
  if (shape.kind === 'list') return membersOf(shape.item(), `${prefix}[]`);
  if (shape.kind === 'map') return membersOf(shape.value(), `${prefix}{}`);
  if (shape.kind !== 'structure') return [];
  return [...shape.members].flatMap(([name, of]): readonly Member[] => {
    const policy = policyOf(shape.name, name);
    if (!policy) throw new Error(`${shape.name}.${name} is not declared.`);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const below = policy.kind === 'supported' ? membersOf(of(), path) : [];
    return [{ path, policy }, ...(below.every((member) => isPlain(member.policy)) ? [] : below)];
  });
}

const isPlain = (policy: MemberPolicy): boolean =>
  policy.kind === 'supported' && !policy.except && policy.note === undefined;

function memberRow({ path, policy }: Member): readonly string[] {
  const member = `\`${path}\``;
  switch (policy.kind) {
    case 'supported':
      if (policy.note !== undefined) return [member, policy.kind, policy.note];
      return [member, `refused: ${policy.except?.when ?? ''}`, policy.except?.message() ?? ''];
    case 'refused':
      return [
        member,
        policy.refusal.when === 'given' ? 'refused' : `refused when ${policy.refusal.when}`,
        policy.refusal.message(),
      ];
    case 'echoed':
    case 'unstartable':
    case 'ignored':
      return [member, policy.kind, policy.why];
    default:
      return assertNever(policy);
  }
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
