import { Fault } from '#core/fault.ts';

/** What the ECS agent says to ECS. Machines speak Berth's own wire instead: docs/decisions/0016. */
const OF_THE_ECS_AGENT: ReadonlySet<string> = new Set([
  'DiscoverPollEndpoint',
  'RegisterContainerInstance',
  'SubmitAttachmentStateChanges',
  'SubmitContainerStateChange',
  'SubmitTaskStateChange',
]);

/** What an operation is answered with that ECS has and Berth does not serve. */
export const refusedOperation = (name: string): Fault =>
  new Fault(
    'Unsupported',
    OF_THE_ECS_AGENT.has(name)
      ? `Berth does not serve ${name}: the ECS agent's wire has neither leases nor epochs, on which it rests that no task runs twice. Machines join with 'berth agent'.`
      : `Berth does not serve the operation ${name} yet.`,
  );
