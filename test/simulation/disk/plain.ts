/**
 * What a disk would give back of a record: its plain values alone, as JSON keeps them. Nobody can change it, so everybody may have
 * the same one.
 */
const kept = new WeakSet<object>();

/** What is such a copy already, and was `shared`, is its own. */
export function plain<T>(value: T): T {
  if (typeof value === "object" && value !== null) return (kept.has(value) ? value : copy(value)) as T; // Its own copy.
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Error(`no disk gives back a ${typeof value} (${String(value)})`);
}

/** A copy that is copied no more: what is handed on from record to record. */
export function shared<T extends object>(value: T): T {
  const copy = plain(value);
  kept.add(copy);
  return copy;
}

function copy(value: object): object {
  if (Array.isArray(value)) return Object.freeze(value.map(plain));
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new Error(`no disk gives back a ${value.constructor.name}`);
  const entries: Record<string, unknown> = { ...value };
  for (const name of Object.keys(entries)) {
    const part = entries[name];
    if (part === undefined) delete entries[name];
    else if (typeof part === "object" || typeof part === "number") entries[name] = plain(part);
    else if (typeof part !== "string" && typeof part !== "boolean") plain(part);
  }
  return Object.freeze(entries);
}
