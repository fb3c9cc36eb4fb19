/**
 * The certificate and key that the listeners show: read from their files, and refused in one line where they can't be what
 * the owner meant.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { SignalboxError } from "../domain/errors.ts";
import { fileTrouble } from "./file-trouble.ts";
import { exposureOf, refuseExposed } from "./private-file.ts";

export interface TlsFiles {
  cert: string;
  key: string;
}

export interface TlsPair {
  files: TlsFiles;
  /** PEM: the server's own certificate first, then its chain. */
  cert: string;
  /** PEM. */
  key: string;
  /** The server's own certificate alone, PEM: what local commands trust. */
  own: string;
  /** Unix ms. */
  expiresAt: number;
}

export async function readTlsPair(files: TlsFiles, now: number): Promise<TlsPair> {
  await refuseExposedKey(files.key);
  const [cert, key] = await Promise.all([textOf(files.cert), textOf(files.key)]);
  const certificate = certificateOf(files.cert, cert);
  const privateKey = privateKeyOf(files.key, key);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw badPair(
      `${files.key} is not the key of the certificate in ${files.cert}`,
      "Name a pair that belongs together",
    );
  }
  const [from, until] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (now > until) {
    throw badPair(`the certificate in ${files.cert} expired on ${dayOf(until)}`, "Renew it, or unset both");
  }
  if (now < from) {
    throw badPair(
      `the certificate in ${files.cert} holds only from ${dayOf(from)} on`,
      "Check the clock of this machine",
    );
  }
  try {
    // What else OpenSSL may refuse: a key too short, a chain that can't be read.
    createSecureContext({ cert, key, minVersion: "TLSv1.2" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw badPair(`${files.cert} and ${files.key} can't be used for TLS (${code})`, "Make a new pair");
  }
  return { files, cert, key, own: certificate.toString(), expiresAt: until };
}

/** A key that belongs to another user, such as root, may be given to a group to read: that is how services share one. */
async function refuseExposedKey(path: string): Promise<void> {
  await refuseExposed(path);
  const exposure = await exposureOf(path);
  if (exposure.kind === "foreign" && exposure.open) {
    throw badPair(
      `${path} is open to everybody (mode ${exposure.mode})`,
      `Let its owner run: chmod 640 ${path}`,
    );
  }
  if (exposure.kind === "absent") {
    throw badPair(`there is no key file ${path}`, "Name the file that is there, or unset both");
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileTrouble("read", path, error);
  }
}

function certificateOf(path: string, pem: string): X509Certificate {
  try {
    if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new Error("no PEM");
    // Of a chain it reads the first, which is the server's own.
    return new X509Certificate(pem);
  } catch {
    throw badPair(
      `${path} holds no certificate in PEM`,
      "Name a file that begins with -----BEGIN CERTIFICATE-----",
    );
  }
}

function privateKeyOf(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The parser's message may quote the key.
    throw badPair(
      `${path} holds no private key in PEM that can be read without a password`,
      "Name its key file",
    );
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const badPair = (message: string, cure: string) =>
  new SignalboxError("invalid", "bad_tls", message, `${cure} (SIGNALBOX_TLS_CERT, SIGNALBOX_TLS_KEY)`);
