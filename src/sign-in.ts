/** Puts the sign-in together: by whom people are known, and where they and their plugins reach the server, from the settings alone. */
import type { SignInWays } from "./api/sign-in-calls.ts";
import { Github } from "./auth/github/github.ts";
import type { Cipher } from "./config/cipher.ts";
import { githubApp } from "./config/github.ts";
import type { Settings } from "./config/settings.ts";
import { isEverywhere } from "./domain/reach.ts";
import { nodeClock } from "./edges/node-clock.ts";
import { nodeRandom } from "./edges/node-random.ts";
import type { TlsPair } from "./edges/tls-pair.ts";
import { isPublic } from "./ingress/sign-in/at-this-machine.ts";
import type { SignInParts } from "./ingress/sign-in/sign-in.ts";
import type { Log } from "./services/log.ts";
import type { Signalbox } from "./signalbox.ts";

interface Whereabouts {
  settings: Settings;
  cipher: Cipher;
  log: Log;
  tls: TlsPair | null;
  /** Asked late, because a port may be chosen by the system. */
  httpUrl: () => string;
  grpcUrl: () => string;
}

export function signInOf({ signIns, doorkeeper }: Signalbox, where: Whereabouts): SignInParts {
  const { settings, cipher, log, httpUrl } = where;
  return {
    signIns,
    doorkeeper,
    github: githubOf(settings),
    cipher,
    clock: nodeClock,
    random: nodeRandom,
    log,
    publicUrl: settings.publicUrl,
    trustProxy: settings.trustProxy,
    url: () => settings.publicUrl ?? fromHere(httpUrl()),
    connection: () => connectionOf(where),
  };
}

/** What `doctor` is told. */
export const signInWays = ({ github, publicUrl, trustProxy, url }: SignInParts): SignInWays => ({
  github,
  isLocal: !isPublic({ publicUrl, trustProxy }),
  url: () => `${url()}/auth/cli`,
});

function githubOf(settings: Settings): Github | null {
  const app = githubApp(settings);
  return app === null ? null : new Github(app, { callbackUrl: `${settings.publicUrl}/auth/cli/callback` });
}

/** Of a listener: one on all interfaces is reached by loopback from where somebody may sign in without GitHub. */
function fromHere(listener: string): string {
  if (!isEverywhere(listener)) return listener;
  return listener.replace("//0.0.0.0", "//127.0.0.1").replace("//[::]", "//[::1]");
}

/** With GitHub the plugin may be anywhere, else it is on this machine, where it trusts the server's own certificate. */
function connectionOf({ settings, grpcUrl, tls }: Whereabouts): { remote: string; ca?: string } {
  const { grpcPublicUrl, publicUrl, githubClientId } = settings;
  if (grpcPublicUrl !== null) return { remote: grpcPublicUrl };
  if (githubClientId === null || publicUrl === null) {
    return { remote: fromHere(grpcUrl()), ...(tls !== null && { ca: tls.files.cert }) };
  }
  const { origin, hostname } = new URL(publicUrl);
  return { remote: tls === null ? origin : `https://${hostname}:${new URL(grpcUrl()).port || "443"}` };
}
