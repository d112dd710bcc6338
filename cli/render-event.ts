import { printable } from './table.ts';

/** An event as Berth.Events answers it. */
export interface EcsEvent {
  readonly id: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One line: when, what, and what happened to it. */
export function renderEvent({ time, resources, detail }: EcsEvent): string {
  const [resource = ''] = resources;
  const said = detail['eventName'] === undefined ? stateOf(detail) : actionOf(detail);
  return printable(`${time}  ${nameOf(resource)}  ${said}`);
}

/** `service/default/web` of `arn:aws:ecs:eu-west-1:111122223333:service/default/web`. */
const nameOf = (arn: string): string => arn.split(':').slice(5).join(':');

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function actionOf(detail: EcsEvent['detail']): string {
  const tasks = Array.isArray(detail['taskArns']) ? detail['taskArns'].map((arn) => nameOf(String(arn))) : [];
  const about = [text(detail['reason']), ...tasks].filter((part) => part !== '').join(' ');
  return about === '' ? text(detail['eventName']) : `${text(detail['eventName'])}: ${about}`;
}

/** A task says how it stands and what it is to become; a machine says how it stands. */
function stateOf(detail: EcsEvent['detail']): string {
  const status = text(detail['lastStatus'] ?? detail['status']);
  const group = detail['group'] === undefined ? '' : ` (${text(detail['group'])})`;
  const desired = text(detail['desiredStatus']);
  const aim = desired === '' || desired === status ? '' : `, wanted ${desired}`;
  const reason = detail['stoppedReason'] === undefined ? '' : `: ${text(detail['stoppedReason'])}`;
  const agent = detail['agentConnected'] === false ? ', its agent is not heard from' : '';
  return `${status}${aim}${agent}${group}${reason}`;
}
