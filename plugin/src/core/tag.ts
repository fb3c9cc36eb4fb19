/**
 * Which lane a session serves: `SIGNALBOX_SESSION`, else `CLAWBACK_SESSION`, else `session` of the configuration, else
 * its `projects`, else the untagged lane.
 */
import type { Configuration } from "./configuration.ts";
import type { Surroundings } from "./surroundings.ts";

const TAG = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** What sessions without a tag are called, so none can have it for one. */
const UNTAGGED = "untagged";

export const TAG_RULE = `a tag has 1 to 64 of a-z 0-9 . _ - and starts with a letter or digit; "${UNTAGGED}" is none, but "" means sessions without one`;

export const isTag = (text: string): boolean => TAG.test(text) && text !== UNTAGGED;

/** `tag` is empty for the untagged lane. */
export type TagChoice = { kind: "tag"; tag: string } | { kind: "invalid"; problem: string };

export function chooseTag(surroundings: Surroundings, configuration: Configuration): TagChoice {
  const { from, value } = candidate(surroundings, configuration);
  if (value === "" || isTag(value)) return { kind: "tag", tag: value };
  return {
    kind: "invalid",
    problem: `${from} is ${JSON.stringify(value.slice(0, 80))}, which is no session tag: ${TAG_RULE}. Correct it and start the session again.`,
  };
}

function candidate({ tag, projectDir }: Surroundings, { session, projects, path }: Configuration) {
  if (tag !== null) return tag;
  if (session !== null) return { from: `"session" in ${path}`, value: session };
  const ofProject = projectDir === null ? undefined : projects[withoutSlash(projectDir)];
  return { from: `"projects" in ${path}`, value: ofProject ?? "" };
}

/** `projects` keys are compared like this, too. */
export function withoutSlash(folder: string): string {
  return folder.length > 1 ? folder.replace(/[/\\]+$/, "") : folder;
}
