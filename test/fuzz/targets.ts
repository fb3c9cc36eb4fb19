/** Every target, quick ones first. */
import type { Target } from "./target.ts";
import { clawback } from "./targets/clawback.ts";
import { database } from "./targets/database.ts";
import { framesDown } from "./targets/frames-down.ts";
import { framesUp } from "./targets/frames-up.ts";
import { grpc } from "./targets/grpc.ts";
import { http } from "./targets/http.ts";
import { mcp } from "./targets/mcp.ts";
import { pluginFiles } from "./targets/plugin-files.ts";
import { reading } from "./targets/reading.ts";
import { rows } from "./targets/rows.ts";
import { serverFiles } from "./targets/server-files.ts";
import { settings } from "./targets/settings.ts";
import { signIn } from "./targets/sign-in.ts";
import { waiterTalk } from "./targets/waiter-talk.ts";
import { webhook } from "./targets/webhook.ts";
import { websocket } from "./targets/websocket.ts";

export const TARGETS: readonly Target[] = [
  webhook,
  reading,
  settings,
  serverFiles,
  pluginFiles,
  framesDown,
  framesUp,
  clawback,
  rows,
  database,
  http,
  websocket,
  grpc,
  mcp,
  signIn,
  waiterTalk,
];
