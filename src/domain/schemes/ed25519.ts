/** Ed25519 with keys in hex, as Discord shows them: 32 bytes, without the wrapping that Node wants. */
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

/** What stands before the bytes in DER (RFC 8410, 4 and 7). */
const PUBLIC = Buffer.from("302a300506032b6570032100", "hex");
const PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");

export const KEY = /^[0-9a-fA-F]{64}$/;
const SIGNATURE = /^[0-9a-fA-F]{128}$/;

const privateKey = (hex: string) =>
  createPrivateKey({ key: Buffer.concat([PRIVATE, Buffer.from(hex, "hex")]), format: "der", type: "pkcs8" });

const publicKey = (hex: string) =>
  createPublicKey({ key: Buffer.concat([PUBLIC, Buffer.from(hex, "hex")]), format: "der", type: "spki" });

export const publicOf = (hex: string): string =>
  createPublicKey(privateKey(hex))
    .export({ format: "der", type: "spki" })
    .subarray(PUBLIC.length)
    .toString("hex");

export const signatureOf = (message: Uint8Array, hex: string): string =>
  sign(null, message, privateKey(hex)).toString("hex");

/** Never throws: what is no key or no signature proves nothing. */
export const proves = (signature: string, message: Uint8Array, key: string): boolean =>
  KEY.test(key) &&
  SIGNATURE.test(signature) &&
  verify(null, message, publicKey(key), Buffer.from(signature, "hex"));
