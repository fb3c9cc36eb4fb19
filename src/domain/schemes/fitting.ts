/** Whether what a source says fits its scheme: told when it is made, and not found out by refused requests. */
import { SignalboxError } from "../errors.ts";
import type { SourceSettings } from "../source.ts";
import { schemes } from "./schemes.ts";

/** Whose senders are nobody's product, and write where they like. */
const ANY_SENDER: readonly string[] = ["generic", "none", "bearer", "basic"];

/** Throws `SignalboxError` (invalid). A secret is not quoted. */
export function requireFitting({ scheme, secret, options }: SourceSettings): void {
  const { shape } = schemes[scheme].secret;
  if (secret !== undefined && shape !== undefined && !shape.pattern.test(secret)) {
    throw unfit("secret", `${scheme} takes ${shape.words}`);
  }
  if (options?.signatureHeader !== undefined && scheme !== "generic") {
    throw unfit(
      "signatureHeader",
      `${scheme} has its signature in a header of its own; only generic can be told one`,
    );
  }
  if (options?.deliveryHeader !== undefined && !ANY_SENDER.includes(scheme)) {
    throw unfit(
      "deliveryHeader",
      `${scheme} has ids of its own; ${ANY_SENDER.join(", ")} can be told a header`,
    );
  }
}

const unfit = (what: string, why: string) =>
  new SignalboxError(
    "invalid",
    "bad_source",
    `${what}: ${why}`,
    "Correct it and create the source again; nothing was changed",
  );
