/** How Claude recognises an event of Signalbox, and the line that wakes it for one. */

export interface SeenEvent {
  id: string;
  /** `undefined` where only the channel's `event_id` names the event. */
  delivery: number | undefined;
  /** All that Claude read with it. */
  text: string;
}

export function findEvent(text: string): SeenEvent | undefined {
  const told = outsideOfPayload(text);
  const found =
    /^Signalbox event (evt_[0-9a-z]+) \(delivery (\d+)/m.exec(told) ??
    /^<channel source="[^"]*"[^>]* event_id="(evt_[0-9a-z]+)"/m.exec(told);
  if (!found?.[1]) return undefined;
  return { id: found[1], delivery: found[2] === undefined ? undefined : Number(found[2]), text };
}

/** The line that sends Claude to `event_take`. */
export function isWake(text: string): boolean {
  return /Signalbox: event evt_[0-9a-z]+ is ready\. Call event_take/.test(outsideOfPayload(text));
}

/** The same, in the place of a tool call or at the end of a turn: what Claude works on has to make room for it. */
export function isInterrupt(text: string): boolean {
  return /Signalbox: .*an interrupt has come, event evt_[0-9a-z]+/.test(outsideOfPayload(text));
}

/** What stands inside the boundary is data: an event or a wake that is only told of in there is none. */
function outsideOfPayload(text: string): string {
  return text.split(/^<payload-/m)[0] ?? "";
}
