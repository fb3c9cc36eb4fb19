import { childOf } from "../dotted-path.ts";

/**
 * What a JSON pointer names (https://www.rfc-editor.org/rfc/rfc6901), or undefined: no such thing, or no such pointer.
 * Own properties only. Wrapped, because null is something.
 */
export function pointed(json: unknown, pointer: string): { value: unknown } | undefined {
  if (pointer === "") return { value: json };
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return undefined;
  let value = json;
  for (const token of pointer.slice(1).split("/")) {
    // Section 4: first ~1, then ~0, so that ~01 is ~1 and not a slash.
    value = childOf(value, token.replaceAll("~1", "/").replaceAll("~0", "~"));
    // JSON has no undefined: there is nothing at this token.
    if (value === undefined) return undefined;
  }
  return { value };
}
