/**
 * A webhook request as it came, and the payload that it carries. The raw body is what a signature is over; the payload is
 * read from it only when somebody asks, so that a body which nobody vouches for is never parsed.
 *
 * A form whose field `payload` holds JSON carries that JSON: GitHub's content type `application/x-www-form-urlencoded`
 * (https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers).
 */

/** Header names in lower case, as Node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Payload {
  /**
   * What `text` is: `application/json` exactly if it parses as JSON. Otherwise the sender's media type without parameters,
   * lower case; `text/plain` where there is none or where it wrongly says JSON.
   */
  contentType: string;
  /** The body's UTF-8 (what is not UTF-8 becomes U+FFFD), or the JSON of the form's field. */
  text: string;
  /** The parsed JSON; undefined where the text is not JSON. */
  json: unknown;
}

export interface WebhookRequest {
  readonly headers: Headers;
  /** Raw, as it came over the wire. */
  readonly body: Uint8Array;
  /** Of the address that it was sent to, with its `?`; empty: none. */
  readonly query: string;
  /** Parsed at the first call, never throws. */
  payload(): Payload;
  /** Short for `payload().json`. */
  json(): unknown;
}

export function webhookRequest(headers: Headers, body: Uint8Array, query = ""): WebhookRequest {
  let known: Payload | undefined;
  const payload = () => {
    known ??= readPayload(headers, body);
    return known;
  };
  return { headers, body, query, payload, json: () => payload().json };
}

/** The header's value, or undefined: missing, or sent more than once where only one makes sense. */
export function header(headers: Headers, name: string): string | undefined {
  const key = name.toLowerCase();
  const value = Object.hasOwn(headers, key) ? headers[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

const utf8 = new TextDecoder();

function readPayload(headers: Headers, body: Uint8Array): Payload {
  const text = utf8.decode(body);
  const said = mediaType(header(headers, "content-type"));
  if (said === "application/x-www-form-urlencoded") {
    const field = new URLSearchParams(text).get("payload");
    const json = field === null ? undefined : parseJson(field);
    if (field !== null && json !== undefined) return { contentType: JSON_TYPE, text: field, json };
  }
  // Senders mislabel JSON (curl -d calls everything a form), so an object or array counts whatever its type says.
  const json = isJsonType(said) || /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (json !== undefined) return { contentType: JSON_TYPE, text, json };
  return { contentType: isJsonType(said) ? "text/plain" : said, text, json: undefined };
}

export const JSON_TYPE = "application/json";

const isJsonType = (type: string): boolean => type === JSON_TYPE || type.endsWith("+json");

function mediaType(contentType: string | undefined): string {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}$/.test(type) ? type : "text/plain";
}

/** Undefined (which JSON cannot say) if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
