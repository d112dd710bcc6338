/** What waits in a channel. */
export interface ChannelMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
}
