/** All tools of the plugin's server. */
import type { Parts } from "../parts.ts";
import { accountInfo } from "./account-info.ts";
import { eventAck } from "./event-ack.ts";
import { eventExtend } from "./event-extend.ts";
import { eventPayload } from "./event-payload.ts";
import { eventTake } from "./event-take.ts";
import { hook } from "./hook.ts";
import { sourceCreate } from "./source-create.ts";
import { sourceDelete } from "./source-delete.ts";
import { sourceList } from "./source-list.ts";
import type { Tool } from "./tool.ts";

const MAKERS = [
  eventTake,
  eventAck,
  eventExtend,
  eventPayload,
  accountInfo,
  sourceCreate,
  sourceList,
  sourceDelete,
  hook,
];

export const makeTools = (parts: Parts): Tool[] => MAKERS.map((make) => make(parts));
