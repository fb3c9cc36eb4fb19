/** The MCP client, as far as the plugin speaks to it unasked. */
export interface Client {
  /** Puts a channel event on its way. Nothing tells whether it arrives: the receipt is a hook. */
  channel(content: string, meta: Record<string, string>): void;
}
