/** One HTTP request to the server, with the trust that commands have in its certificate: `fetch` can't be given one. */
import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { type Trusted, tlsOptions } from "./server-trust.ts";

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export function httpRequest(
  url: string,
  {
    method = "GET",
    headers = {},
    body,
    trusted,
    deadlineMs,
  }: {
    method?: string;
    headers?: Record<string, string>;
    body?: Buffer;
    trusted: Trusted;
    deadlineMs: number;
  },
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const options = { method, headers, agent: false as const, signal: AbortSignal.timeout(deadlineMs) };
  const request = url.startsWith("https:")
    ? tlsRequest(url, { ...options, ...tlsOptions(trusted) })
    : plainRequest(url, options);
  request.on("error", reject);
  request.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(chunks).toString("utf8"),
      }),
    );
  });
  request.end(body);
  return promise;
}
