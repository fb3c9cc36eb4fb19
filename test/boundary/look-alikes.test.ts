/** Which letters count as the one that opens a tag, and which are left to look as they do. */
import { expect, test } from "vitest";
import { shown } from "../../src/domain/reading/escape.ts";

test("every character that a compatibility form makes an opening bracket of is escaped where the bracket is", () => {
  const forms: string[] = [];
  for (let code = 0x80; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    if (character.normalize("NFKC").includes("<")) forms.push(character);
  }
  expect(forms.map((form) => form.codePointAt(0)?.toString(16))).toEqual(["fe64", "ff1c"]);
  for (const form of forms) {
    const shownAs = `\\u${form.codePointAt(0)?.toString(16)}`;
    expect(shown(`${form}b>`, "text/plain")).toBe(`${shownAs}b>`);
    expect(shown(`{"a":"${form} 1"}`, "application/json")).toBe(`{"a":"${shownAs} 1"}`);
    // As with the bracket itself: a comparison is none.
    expect(shown(`1 ${form} 2`, "text/plain")).toBe(`1 ${form} 2`);
  }
});

test("a bracket before anything beyond ASCII is escaped, for it may be read as a letter", () => {
  for (const next of ["\uff53", "\u{1d42c}", "\u24e2", "\uff0f", "\uff01", "\ufe57", "\u0338", "\u{1f130}"]) {
    expect(shown(`<${next}x>`, "text/plain")).toBe(`&lt;${next}x>`);
  }
});

test("what only looks like a bracket is shown as it is: no reader makes a tag of it", () => {
  for (const text of [
    "\u2039b\u203a",
    "\u27e8b\u27e9",
    "\u3008b\u3009",
    "\u226eb",
    "a < b",
    "1<2",
    "<3",
    "x <- y",
  ]) {
    expect(shown(text, "text/plain")).toBe(text);
  }
});
