/** What a provider hears. Some count only certain statuses as success, some read the body. */
export interface Answer {
  readonly status: 200 | 202 | 204;
  /** `ours`: our JSON, with id and status of the event; `empty`: no body at all. */
  readonly content: "ours" | "empty" | { readonly type: string; readonly text: string };
}

export const ACCEPTED: Answer = { status: 202, content: "ours" };
export const OK: Answer = { status: 200, content: "ours" };
export const EMPTY: Answer = { status: 200, content: "empty" };
export const NO_CONTENT: Answer = { status: 204, content: "empty" };

export const jsonAnswer = (body: object): Answer => ({
  status: 200,
  content: { type: "application/json", text: JSON.stringify(body) },
});

/** Back as it came; as plain text, so that no browser takes it for anything else. */
export const textAnswer = (text: string): Answer => ({
  status: 200,
  content: { type: "text/plain; charset=utf-8", text },
});
