/** A message to an on-failure destination, as AWS sends it. */
export interface RecordedMessage {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  readonly responseContext?: unknown;
  /** Streams of tables name it DDBStreamBatchInfo, those of Kinesis KinesisBatchInfo; the members are the same. */
  readonly DDBStreamBatchInfo?: BatchInfo;
  readonly KinesisBatchInfo?: BatchInfo;
}

interface BatchInfo {
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly batchSize: number;
}

/** What a message says, without what differs from run to run. */
export function factsOf(message: RecordedMessage) {
  const { requestContext, responseContext, DDBStreamBatchInfo, KinesisBatchInfo, ...rest } = message;
  const info = DDBStreamBatchInfo ?? KinesisBatchInfo;
  return {
    condition: requestContext.condition,
    invocations: requestContext.approximateInvokeCount,
    responseContext,
    members: Object.keys(rest).sort(),
    batchMembers: Object.keys(info ?? {}).sort(),
    batchSize: info?.batchSize,
  };
}
