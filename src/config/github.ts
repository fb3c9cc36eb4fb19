/** The OAuth app of GitHub, from the settings. */
import type { Settings } from "./settings.ts";

export interface GithubApp {
  clientId: string;
  clientSecret: string;
  /** Where people meet GitHub, and its API; both without a slash at the end. */
  url: string;
  apiUrl: string;
  /** Lower-case user names and `id:N`; `everybody` is what `*` means. */
  users: readonly string[] | "everybody";
  /** Lower-case. */
  orgs: readonly string[];
}

/** Null: none is configured. */
export function githubApp(settings: Settings): GithubApp | null {
  const { githubClientId: clientId, githubClientSecret: clientSecret, githubUsers, githubOrgs } = settings;
  if (clientId === null || clientSecret === null) return null;
  const url = withoutSlash(settings.githubUrl);
  return {
    clientId,
    clientSecret,
    url,
    apiUrl: withoutSlash(settings.githubApiUrl ?? apiOf(url)),
    users: githubUsers === "*" ? "everybody" : namesIn(githubUsers),
    orgs: namesIn(githubOrgs),
  };
}

/** As GitHub documents it for its cloud, for enterprises with data residency, and for GitHub Enterprise Server. */
function apiOf(url: string): string {
  const { protocol, hostname } = new URL(url);
  const isCloud = hostname === "github.com" || hostname.endsWith(".ghe.com");
  return isCloud ? `${protocol}//api.${hostname}` : `${url}/api/v3`;
}

const namesIn = (list: string | null): string[] =>
  list === null ? [] : list.split(",").map((name) => name.trim().toLowerCase());

const withoutSlash = (url: string): string => url.replace(/\/+$/, "");
