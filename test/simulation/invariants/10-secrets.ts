/** Promise 10: tokens and webhook secrets stand in no log, no record, no file, and nothing that is said. */
import type { Write } from "../../../src/domain/ports/store.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const secretsStaySecret: MakeInvariant = ({ secrets, disk }) => {
  function mustNotHold(where: string, text: string): void {
    for (const secret of secrets) {
      if (text.includes(secret)) throw new Broken(10, `a secret stands in ${where}`);
    }
  }
  const outcomeOf = (write: Write) => (write.kind === "session" ? write.record.actor.context : null);

  return {
    promise: 10,
    title: "secrets stay secret",
    sees(happening) {
      switch (happening.kind) {
        case "line":
          return mustNotHold(`the log of ${happening.from}`, happening.text);
        case "file":
          return mustNotHold("a plugin's file", happening.text);
        case "asked":
          return mustNotHold("a session's record", JSON.stringify(happening.writes.map(outcomeOf)));
        case "said":
          if (happening.frame.case === "refused") mustNotHold("a refusal", happening.frame.value.message);
          return;
        case "shown":
          return mustNotHold("what Claude reads", happening.text);
        default:
          return;
      }
    },
    atEnd() {
      const { tokens, sources, accounts } = disk.rows;
      const kept = [tokens, sources, accounts].map((rows) => JSON.stringify([...rows.values()]));
      mustNotHold("the store", kept.join("\n"));
    },
  };
};
