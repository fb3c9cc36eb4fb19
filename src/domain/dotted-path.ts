/**
 * What stands at a dotted path of a parsed JSON value: `pull_request.head.ref`, `items.0.name`. Own properties only, so
 * that no path reaches a prototype. Undefined if there is nothing.
 */
export function valueAt(json: unknown, path: string): unknown {
  let value = json;
  for (const name of path.split(".")) value = childOf(value, name);
  return value;
}

/** One step of a path: a property of an object, or an element of an array. */
export function childOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

/** A text that stands at the path; numbers count as text. Undefined if there is none, or an empty one. */
export function textAt(json: unknown, path: string): string | undefined {
  const value = valueAt(json, path);
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
