/** Why a request is refused: what is wrong and what to do, without a word of secret or payload. */

export interface Refusal {
  kind: "refused";
  /** HTTP's. */
  status: 400 | 401;
  code: "no_secret" | "missing_signature" | "bad_signature" | "stale_timestamp" | "bad_json";
  message: string;
  /** For `WWW-Authenticate`. */
  challenge?: string;
}

export const refused = (status: Refusal["status"], code: Refusal["code"], message: string): Refusal => ({
  kind: "refused",
  status,
  code,
  message,
});

interface Named {
  name: string;
  provider: string;
}

export const noSecret = ({ name, provider }: Named): Refusal =>
  refused(
    401,
    "no_secret",
    `this ${name} source has no secret yet; make it again with the same slug and the secret that ${provider} has`,
  );

export const missing = (header: string, provider: string): Refusal =>
  refused(
    401,
    "missing_signature",
    `there is not one ${header} header; ${provider} has to send it, with the source's secret`,
  );

/** Malformed counts as wrong: who guesses is not told how near he came. */
export const mismatch = (header: string, provider: string): Refusal =>
  refused(
    401,
    "bad_signature",
    `${header} is not right for this request; ${provider} and the source must have the same secret`,
  );

/** `offSeconds`: NaN where nobody can say. */
export function stale(what: string, offSeconds: number, toleranceSeconds: number): Refusal {
  const off = Number.isFinite(offSeconds) ? `${Math.round(offSeconds)} s away from` : "not readable beside";
  return refused(
    401,
    "stale_timestamp",
    `${what} is ${off} this server's time, the limit is ${toleranceSeconds} s; check the clocks`,
  );
}

export const notJson = ({ name }: Named): Refusal =>
  refused(400, "bad_json", `the body is not JSON; ${name} writes the event's type and id into a JSON body`);
