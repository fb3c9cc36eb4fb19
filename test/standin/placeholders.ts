/** The two kinds of `${…}`: variables in commands, and paths into a hook's input. */

/** `${NAME}` and `${NAME:-default}`; an unknown name without a default stays as it is written. */
export function expandVariables(text: string, variables: Record<string, string | undefined>): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (written, name: string, fallback?: string) => {
    return variables[name] ?? fallback ?? written;
  });
}

/** `${tool_input.event_id}` in any string of a hook's `input`; what is missing becomes an empty string. */
export function expandPaths(template: unknown, input: Record<string, unknown>): unknown {
  if (typeof template === "string") {
    return template.replace(/\$\{([\w.-]+)\}/g, (_, path: string) => asText(at(input, path)));
  }
  if (Array.isArray(template)) return template.map((part) => expandPaths(part, input));
  if (isRecord(template)) {
    return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, expandPaths(part, input)]));
  }
  return template;
}

function at(input: Record<string, unknown>, path: string): unknown {
  let value: unknown = input;
  for (const key of path.split(".")) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
