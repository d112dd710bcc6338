import type { ContainerRuntime } from '../../runtime/port.ts';

/** What Kubernetes takes of the logs of a container that left no other last words. */
const LINES = 80;
const MOST_BYTES = 2_048;

/** The end of what a container wrote; undefined when it wrote nothing. */
export async function endOfOutput(
  runtime: Pick<ContainerRuntime, 'logs'>,
  name: string,
  maxBytes: number,
): Promise<string | undefined> {
  const most = Math.min(MOST_BYTES, maxBytes);
  let end = Buffer.alloc(0);
  const wanted = { follow: false, timestamps: false, tail: LINES };
  for await (const { data } of runtime.logs(name, wanted, new AbortController().signal)) {
    end = Buffer.concat([end, data]).subarray(-most);
  }
  return end.length === 0 ? undefined : end.toString();
}
