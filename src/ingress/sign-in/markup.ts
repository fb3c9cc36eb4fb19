/** HTML from templates: what is put in is text, unless it was made here. */

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Escaped so that it is text inside of elements and of quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Markup)[]): Markup {
  const filled = parts.map((part, index) => {
    const value = values[index] ?? "";
    return part + (value instanceof Markup ? value.text : escaped(value));
  });
  return new Markup(filled.join(""));
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
