/** The server's accounts, and whether people can come to them: GitHub is asked by the server, now. */
import { type CheckSignInResponse, ControlService } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../../config/admin-file.ts";
import { SignalboxError } from "../../domain/errors.ts";
import { controlClient } from "../control-client.ts";
import { oneLine } from "../one-line.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

export async function checkSignIn({ grpcUrl: url, token, tls }: AdminFile): Promise<Finding[]> {
  const client = controlClient({ url, token, trusted: tls?.certificate });
  try {
    const { accounts } = await client.call(ControlService.method.listAccounts, {});
    const people = accounts.filter(({ identity }) => identity !== "");
    const counted = `${people.length} ${people.length === 1 ? "account" : "accounts"} of people who have signed in`;
    const told = ok(`the server has its own account${people.length === 0 ? "" : `, and ${counted}`}`);
    return [told, findingOf(await client.call(ControlService.method.checkSignIn, {}))];
  } catch (error) {
    if (error instanceof SignalboxError) return [fail(error.message, error.cure)];
    throw error;
  } finally {
    client.close();
  }
}

const APP = "at GitHub: Settings → Developer settings → OAuth apps";

function findingOf({ by, url, standing, why, callbackUrl }: CheckSignInResponse): Finding {
  if (by === "local")
    return ok(`whoever runs the server signs in on its machine, at ${url}; GitHub is not configured`);
  if (by === "off") {
    return ok("nobody signs in by a browser: the server has a public address, and GitHub is not configured");
  }
  switch (standing) {
    case "answers":
      return ok(`people sign in with GitHub at ${url}; it answers, and knows the app`);
    case "bad_credentials":
      return fail(
        "GitHub does not know the OAuth app by its id and secret",
        `Compare SIGNALBOX_GITHUB_CLIENT_ID and SIGNALBOX_GITHUB_CLIENT_SECRET with the app ${APP}`,
      );
    case "bad_callback":
      return fail("the OAuth app has another callback URL", `Give it ${callbackUrl} ${APP}`);
    default:
      return warn(
        `GitHub does not answer as it should: ${oneLine(why)}`,
        "Look whether the server reaches it, and at SIGNALBOX_GITHUB_URL; until then nobody signs in",
      );
  }
}
