/** One HTTP request of the agent wire, free of any server's or gateway's types. */
export interface AgentHttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AgentHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Bodies above this are refused before anything looks at them. */
export const MAX_AGENT_BODY_BYTES = 256 * 1024;

export const agentAnswer = (status: number, value: unknown): AgentHttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
