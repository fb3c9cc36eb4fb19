/** A stream as whoever looks on sees it: of a plugin of our own, or of Clawback's. */
import type { Life } from "../time/life.ts";

export interface WireSeen {
  /** With which it was opened. */
  readonly token: string | null;
  /** As the server has it; null: it was not let in yet. */
  readonly session: string | null;
  readonly epoch: number;
  /** Its plugin is Clawback's. */
  readonly speaksClawback: boolean;
  readonly plugin: { readonly life: Life };
  /** `over`: the server has ended it, or knows that it has. */
  readonly server: { readonly life: Life; readonly over: boolean };
}
