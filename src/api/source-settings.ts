/** What a request says of a source, as the services take it. On the wire empty and 0 are unset; the service checks the rest. */
import type { CreateSourceRequest, RouteRule } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { SourceChange } from "../domain/source-change.ts";

type Values = Record<string, unknown>;

export function settingsOf(request: CreateSourceRequest): Values {
  const { slug, ...settings } = valuesOf(request);
  const options = filled(optionsOf(request));
  return filled({ slug, ...settings, options: hasKeys(options) ? options : undefined });
}

/** The names that a mask may have. */
const SETTINGS: Readonly<Record<string, keyof SourceChange["settings"]>> = {
  scheme: "scheme",
  secret: "secret",
  event_type: "eventType",
  routes: "routes",
  skill: "skill",
  tag: "tag",
  priority: "priority",
};
const OPTIONS: Readonly<Record<string, keyof SourceChange["options"]>> = {
  remind_seconds: "remindSeconds",
  timeout_seconds: "timeoutSeconds",
  coalesce: "coalesce",
  deliver_after: "deliverAfter",
  expires_after_seconds: "expiresAfterSeconds",
  signature_header: "signatureHeader",
  delivery_header: "deliveryHeader",
  fanout: "fanout",
  trust: "trust",
};

/** Throws `SignalboxError` (invalid) for a name that is none. */
export function changeOf(request: CreateSourceRequest, paths: readonly string[]): SourceChange {
  const [values, options] = [filled(valuesOf(request)), filled(optionsOf(request))];
  const change: SourceChange = { settings: {}, options: {} };
  for (const path of paths) {
    const [setting, option] = [own(SETTINGS, path), own(OPTIONS, path)];
    if (setting !== undefined) change.settings[setting] = values[setting];
    else if (option !== undefined) change.options[option] = options[option];
    else throw unknownName(path);
  }
  return change;
}

const valuesOf = (request: CreateSourceRequest): Values => {
  const { slug, scheme, secret, eventType, routes, routeRules, skill, tag, priority } = request;
  const rule = eventType === undefined ? undefined : filled({ ...headerAndPaths(eventType) });
  const all = routesOf(routes, routeRules);
  return {
    slug,
    scheme,
    secret,
    eventType: rule,
    routes: hasKeys(all) ? all : undefined,
    skill,
    tag,
    priority,
  };
};

/** A route of which nothing but its prompt is said is that prompt. */
function routesOf(prompts: Record<string, string>, rules: Record<string, RouteRule>): Values {
  const patterns = new Set([...Object.keys(prompts), ...Object.keys(rules)]);
  return Object.fromEntries(
    [...patterns].map((pattern) => {
      const rule = own(rules, pattern);
      const prompt = own(prompts, pattern) ?? "";
      return [pattern, rule === undefined ? prompt : routeOf(prompt, rule)];
    }),
  );
}

const routeOf = (prompt: string, { priority, tag, fields }: RouteRule): Values => ({
  ...filled({ prompt, priority }),
  ...(tag !== undefined && { tag }),
  ...(fields.length > 0 && { fields }),
});

const optionsOf = (request: CreateSourceRequest): Values => {
  const { remindSeconds, timeoutSeconds, coalesce, deliverAfter, expiresAfterSeconds } = request;
  const { signatureHeader, deliveryHeader, fanout, trust } = request;
  return {
    remindSeconds,
    timeoutSeconds,
    coalesce: coalesce === undefined ? undefined : filled({ ...keyAndWindow(coalesce) }),
    deliverAfter: momentOf(deliverAfter),
    expiresAfterSeconds,
    signatureHeader,
    deliveryHeader,
    fanout,
    trust,
  };
};

const keyAndWindow = ({ key, windowSeconds }: { key: string; windowSeconds: number }) => ({
  key,
  windowSeconds,
});

/** Seconds, or a time. */
const momentOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const headerAndPaths = ({ header, body, action }: { header: string; body: string; action: string }) => ({
  header,
  body,
  action,
});

const hasKeys = (map: object): boolean => Object.keys(map).length > 0;

/** Own properties only: the names are somebody else's. */
const own = <T>(map: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;

export const filled = (all: Values): Values =>
  Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== "" && value !== 0 && value !== undefined),
  );

const unknownName = (path: string): SignalboxError =>
  new SignalboxError(
    "invalid",
    "bad_source",
    `mask: "${path.slice(0, 60)}" can't be changed of a source`,
    `Name some of ${[...Object.keys(SETTINGS), ...Object.keys(OPTIONS)].join(", ")}`,
  );
