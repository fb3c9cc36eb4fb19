/**
 * Reading a text costs more than fetching its row, and the same texts come again and again: every event that has just come
 * in has the same actor, and what was written is read soon after. The same text means the same, so one that was read is
 * remembered with what it means; nothing else is known of it, so nothing can get out of date. What is given out is frozen,
 * because it is given out again.
 */

/** Of each kind: two generations, of so many texts and of so many characters at most. */
const MOST_TEXTS = 256;
const MOST_CHARS = 256 * 1024;

/** `read`, but for texts that it has read lately. What throws is not remembered. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  let chars = 0;

  function keep(text: string, value: T): void {
    if (young.size >= MOST_TEXTS || chars + text.length > MOST_CHARS) {
      old = young;
      young = new Map();
      chars = 0;
    }
    if (text.length > MOST_CHARS) return;
    young.set(text, value);
    chars += text.length;
  }

  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const value = old.get(text) ?? frozen(read(text));
    keep(text, value);
    return value;
  };
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
