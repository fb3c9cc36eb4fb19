/** Settings of who signs in how: by GitHub, where an OAuth app is configured, else on the server's own machine alone. */
import { optionalText, text, wholeNumber } from "./setting.ts";

/** An address without a query or a fragment. */
export function isWebAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
}

const isOrigin = (value: string): boolean => isWebAddress(value) && URL.parse(value)?.pathname === "/";

const NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,99}";
const list = (one: string) => new RegExp(`^ *${one} *(?:, *${one} *){0,99}$`);
const USERS = list(`(?:${NAME}|id:[1-9][0-9]{0,15})`);
const ORGS = list(NAME);

export const signInSettings = {
  grpcPublicUrl: optionalText(isOrigin, "an http:// or https:// address without a path", {
    placeholder: "URL",
    doc: "Address under which plugins of other machines reach the gRPC listener, for the configuration that a sign-in saves; unset: with TLS of its own the host of SIGNALBOX_PUBLIC_URL and the gRPC port, else SIGNALBOX_PUBLIC_URL without its path.",
  }),
  githubClientId: optionalText(
    (value) => /^[\x21-\x7e]{1,200}$/.test(value),
    "the client id of an OAuth app",
    {
      placeholder: "ID",
      doc: "OAuth app of GitHub by which people sign in, each to an account of his own; unset: only whoever runs the server signs in, on its machine. Needs SIGNALBOX_GITHUB_CLIENT_SECRET, SIGNALBOX_PUBLIC_URL and an allow-list.",
    },
  ),
  githubClientSecret: optionalText((value) => /^[\x21-\x7e]{1,500}$/.test(value), "its client secret", {
    placeholder: "SECRET",
    doc: "Client secret of that OAuth app.",
    secret: true,
  }),
  githubUsers: optionalText(
    (value) => value === "*" || USERS.test(value),
    "user names or id:N, with commas between them, or *",
    {
      placeholder: "NAMES",
      doc: "Who may sign in: user names of GitHub, or `id:583231` for one who may rename himself; `*` lets in everybody who has an account there.",
    },
  ),
  githubOrgs: optionalText((value) => ORGS.test(value), "names of organisations, with commas between them", {
    placeholder: "NAMES",
    doc: "Whose active members may sign in, too: names of organisations. GitHub then asks people to let the app read their memberships (`read:org`).",
  }),
  githubUrl: text(/^https?:\/\/[^/?#\s@]+(?:\/[^?#\s]*)?$/, "an http:// or https:// address", {
    default: "https://github.com",
    placeholder: "URL",
    doc: "Where people meet GitHub; another one for GitHub Enterprise.",
  }),
  githubApiUrl: optionalText(isWebAddress, "an http:// or https:// address", {
    placeholder: "URL",
    doc: "Its API; unset: `https://api.github.com`, `https://api.…` of a `….ghe.com`, else `/api/v3` below SIGNALBOX_GITHUB_URL.",
  }),
  signInsPerMinute: wholeNumber(1, 1_000_000, {
    default: "30",
    doc: "Steps of sign-ins, by address (a sign-in has four); what is beyond it is told when to come again.",
  }),
} as const;
