/** All tools of the plugin's server. */
import type { Parts } from "../parts.ts";
import { accountInfo } from "./account-info.ts";
import { configure } from "./configure.ts";
import { cronCreate } from "./cron-create.ts";
import { cronDelete } from "./cron-delete.ts";
import { cronList } from "./cron-list.ts";
import { cronRun } from "./cron-run.ts";
import { cronUpdate } from "./cron-update.ts";
import { eventAck } from "./event-ack.ts";
import { eventExtend } from "./event-extend.ts";
import { eventHistory } from "./event-history.ts";
import { eventPayload } from "./event-payload.ts";
import { eventReplay } from "./event-replay.ts";
import { eventTake } from "./event-take.ts";
import { hook } from "./hook.ts";
import { laneList, lanePause, laneResume, laneUpdate } from "./lanes.ts";
import { sessionList } from "./session-list.ts";
import { sessionSend } from "./session-send.ts";
import { sourceCreate } from "./source-create.ts";
import { sourceDelete } from "./source-delete.ts";
import { sourceList } from "./source-list.ts";
import { sourceUpdate } from "./source-update.ts";
import { tokenCreate } from "./token-create.ts";
import { tokenList } from "./token-list.ts";
import { tokenRevoke } from "./token-revoke.ts";
import { tokenRotate } from "./token-rotate.ts";
import type { Tool } from "./tool.ts";

const MAKERS = [
  eventTake,
  eventAck,
  eventExtend,
  eventPayload,
  eventHistory,
  eventReplay,
  accountInfo,
  configure,
  sourceCreate,
  sourceUpdate,
  sourceList,
  sourceDelete,
  cronCreate,
  cronList,
  cronUpdate,
  cronDelete,
  cronRun,
  lanePause,
  laneResume,
  laneUpdate,
  laneList,
  sessionSend,
  sessionList,
  tokenCreate,
  tokenList,
  tokenRotate,
  tokenRevoke,
  hook,
];

/** Not offered where the configuration says `sessionMessaging: false`. */
const OF_MESSAGES: readonly string[] = ["session_send", "session_list"];

export const isOfMessages = ({ name }: Tool): boolean => OF_MESSAGES.includes(name);

export const makeTools = (parts: Parts): Tool[] => MAKERS.map((make) => make(parts));
