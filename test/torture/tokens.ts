/** The tokens of the tortured box: rotated and revoked while it runs, and written where their holders keep them. */
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";

const { method } = ControlService;

export interface Holder {
  label: string;
  tags: string[];
  id: string;
  secret: string;
  /** Into its configuration. */
  keep(secret: string): void;
}

export class TorturedTokens {
  readonly #holders: Holder[] = [];

  async make(control: ControlClient, holder: Pick<Holder, "label" | "tags" | "keep">): Promise<void> {
    const { id, token: secret } = await control.call(method.createToken, {
      label: holder.label,
      tags: holder.tags,
    });
    holder.keep(secret);
    this.#holders.push({ ...holder, id, secret });
  }

  /** As its holder asks for it. Rejects where the server does not answer: the old one is good then. */
  async rotate(nth: number, url: string): Promise<void> {
    const holder = this.#nth(nth);
    const control = controlClient({ url, token: holder.secret });
    try {
      const { id, token } = await control.call(method.rotateToken, {});
      this.#keep(holder, id, token);
    } finally {
      control.close();
    }
  }

  /** A new one first: whoever is sent away finds it. */
  async revoke(nth: number, control: ControlClient): Promise<void> {
    const holder = this.#nth(nth);
    const { id: old, label, tags } = holder;
    const { id, token } = await control.call(method.createToken, { label, tags });
    this.#keep(holder, id, token);
    await control.call(method.revokeToken, { id: old });
  }

  #keep(holder: Holder, id: string, secret: string): void {
    holder.keep(secret);
    Object.assign(holder, { id, secret });
  }

  #nth(n: number): Holder {
    const holder = this.#holders[n % this.#holders.length];
    if (holder === undefined) throw new Error("nobody has a token");
    return holder;
  }
}
