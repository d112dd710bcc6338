import { Fault } from '#core/fault.ts';

/** ECS reports an unacceptable task definition as a ClientException. */
export function refuse(message: string): never {
  throw new Fault('Refused', message);
}
