/** Who may sign in, of all who have an account at GitHub: named people, and active members of named organisations. */
import type { GithubApp } from "../../config/github.ts";
import type { GithubUser } from "./api.ts";

export async function isAllowed(
  { users, orgs }: Pick<GithubApp, "users" | "orgs">,
  { id, login }: GithubUser,
  isActiveMember: (org: string) => Promise<boolean>,
): Promise<boolean> {
  if (users === "everybody" || users.includes(login.toLowerCase()) || users.includes(`id:${id}`)) return true;
  for (const org of orgs) if (await isActiveMember(org)) return true;
  return false;
}
