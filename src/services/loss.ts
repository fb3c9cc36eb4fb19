import type { Told } from "../actors/address.ts";
import type { LiveSession } from "./live-session.ts";

/** What is told when a session's last stream is gone: its grace begins, and that of what it has in hand (promise 5). */
export const lossOf = ({ account, session }: Pick<LiveSession, "account" | "session">): Told[] => [
  { to: { kind: "session", account, id: session }, message: { type: "lost" } },
  { to: { kind: "hand", account, session }, message: { type: "away" } },
];
