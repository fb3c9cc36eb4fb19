/** What the process was started with. */
export interface Surroundings {
  /** `CLAUDE_CODE_SESSION_ID`, else made up. */
  sessionId: string;
  /** Random, one a process. */
  instance: string;
  /** `CLAUDE_CODE_ENTRYPOINT`; null: not Claude Code, or an old one. */
  entrypoint: string | null;
  /** `CLAUDE_CODE_SESSION_ATTENDED`; null: not told. */
  attended: boolean | null;
  /** `CLAUDE_PROJECT_DIR`. */
  projectDir: string | null;
  /** `SIGNALBOX_SESSION`, else `CLAWBACK_SESSION`, with the variable's name for messages. */
  tag: { from: string; value: string } | null;
  pluginVersion: string;
}

/** The MCP client, as it told of itself when it initialized. */
export interface ClientFace {
  name: string;
  version: string;
}
