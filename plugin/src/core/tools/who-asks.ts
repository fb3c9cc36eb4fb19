/** How a tool's call tells the server who asks, and because of what. */
import type { Parts } from "../parts.ts";
import { ledBy } from "./led-by.ts";

/** How the server knows this session. */
export const faceOf = ({ surroundings: { sessionId, instance } }: Parts) => ({
  session: sessionId,
  instance,
});

/** Both, of what makes events. */
export const whoAsks = (parts: Parts) => ({ from: faceOf(parts), cause: ledBy(parts) });
