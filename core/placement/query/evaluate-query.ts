import { assertNever } from '../../assert-never.ts';
import { compareVersions, parseVersion } from './operands.ts';
import { isMatch } from './pattern/match-pattern.ts';
import type { InstanceFacts, Query, Relation, TextSubject } from './query.ts';

/**
 * Says whether an instance is selected. As on ECS an instance without an attribute satisfies no comparison with it,
 * neither == nor !=; `not(...)` around the comparison selects it.
 */
export function evaluateQuery(query: Query, facts: InstanceFacts): boolean {
  switch (query.kind) {
    case 'and':
      return query.operands.every((operand) => evaluateQuery(operand, facts));
    case 'or':
      return query.operands.some((operand) => evaluateQuery(operand, facts));
    case 'not':
      return !evaluateQuery(query.operand, facts);
    case 'exists':
      return valuesOf(query.subject, facts).length > 0;
    case 'in':
      return holds(query.subject, facts, query.isNegated, (value) => query.values.has(value));
    case 'matches':
      return holds(query.subject, facts, query.isNegated, (value) => isMatch(query.pattern, value));
    case 'attribute-order': {
      const value = attributeValue(facts, query.name);
      return value !== undefined && isRelated(compareText(value, query.bound), query.relation);
    }
    case 'agentVersion': {
      const version = facts.agentVersion === undefined ? undefined : parseVersion(facts.agentVersion);
      return version !== undefined && isRelated(compareVersions(version, query.bound), query.relation);
    }
    case 'registeredAt':
      if (facts.registeredAt === undefined) return false;
      return isRelated(Math.floor(facts.registeredAt / 1000) - query.bound, query.relation);
    case 'runningTasksCount':
      return isRelated(facts.runningTasksCount - query.bound, query.relation);
    default:
      return assertNever(query);
  }
}

/** True when the answer can change while tasks are placed, which attributes never do. */
export function dependsOnTasks(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.operands.some(dependsOnTasks);
    case 'not':
      return dependsOnTasks(query.operand);
    case 'exists':
    case 'in':
    case 'matches':
      return query.subject.kind === 'task:group';
    case 'runningTasksCount':
      return true;
    case 'attribute-order':
    case 'agentVersion':
    case 'registeredAt':
      return false;
    default:
      return assertNever(query);
  }
}

/**
 * A subject of one value must be there for either answer. Groups are many, and none is an answer too: `task:group !=
 * database` is an instance without a task of that group, also an empty one.
 */
function holds(
  subject: TextSubject,
  facts: InstanceFacts,
  isNegated: boolean,
  test: (value: string) => boolean,
): boolean {
  const values = valuesOf(subject, facts);
  if (values.length === 0) return isNegated && subject.kind === 'task:group';
  return values.some(test) !== isNegated;
}

function valuesOf(subject: TextSubject, facts: InstanceFacts): readonly string[] {
  switch (subject.kind) {
    case 'agentConnected':
      return [String(facts.agentConnected)];
    case 'ec2InstanceId':
      return facts.ec2InstanceId === undefined ? [] : [facts.ec2InstanceId];
    case 'task:group':
      return [...facts.groups];
    case 'attribute': {
      const value = attributeValue(facts, subject.name);
      return value === undefined ? [] : [value];
    }
    default:
      return assertNever(subject);
  }
}

/** Names are the caller's text, and must not find what every object has. */
const attributeValue = ({ attributes }: InstanceFacts, name: string): string | undefined =>
  Object.hasOwn(attributes, name) ? attributes[name] : undefined;

const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** As numbers when both are, else as text. */
function compareText(left: string, right: string): number {
  if (left.length <= 32 && right.length <= 32 && NUMBER.test(left) && NUMBER.test(right)) {
    return Number(left) - Number(right);
  }
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function isRelated(difference: number, relation: Relation): boolean {
  switch (relation) {
    case '==':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    default:
      return assertNever(relation);
  }
}
