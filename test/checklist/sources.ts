/** Clawback's documentation of sources, and our `source_update`. */
import type { ToolCheck } from "./check.ts";
import { sourceCreate } from "./source-create.ts";
import { SOURCE_LISTS } from "./source-list.ts";
import { sourceUpdate } from "./source-update.ts";

export const SOURCE_TOOLS: Readonly<Record<string, ToolCheck>> = {
  source_create: sourceCreate,
  source_update: sourceUpdate,
  ...SOURCE_LISTS,
};
