import type { Metadata } from "@grpc/grpc-js";

/** The token of `authorization: Bearer …`; null where there is none. */
export function bearerOf(metadata: Metadata): string | null {
  const [value] = metadata.get("authorization");
  const match = typeof value === "string" ? /^Bearer ([\x21-\x7e]{1,200})$/.exec(value) : null;
  return match?.[1] ?? null;
}
