import { Fault } from '#core/fault.ts';
import type { Dependencies } from '../dependencies.ts';
import { read, services } from '../records.ts';

/** Throws ServiceNotFound unless there is, or was, a service of this name. */
export async function requireService(
  { store }: Pick<Dependencies, 'store'>,
  cluster: string,
  service: string,
): Promise<void> {
  if (!(await read(store, services, { cluster, service }))) throw new Fault('ServiceNotFound', 'Service not found.');
}
