/**
 * Whom commands trust. Of the server on this machine: exactly the certificate that it wrote into `admin.json`, under
 * whatever address, so that a self-signed one works and no other does. Of a server elsewhere: what a configuration's `ca`
 * file holds, or what Node trusts.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext, type PeerCertificate } from "node:tls";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";
import { reasonOf, SignalboxError } from "../domain/errors.ts";

/** PEM; undefined: what Node trusts. */
export type Trusted = string | undefined;

/** The certificates in the file that a configuration names. */
export function trustedBy(path: string): string {
  try {
    const pem = readFileSync(path, "utf8");
    certificatesIn(pem);
    return pem;
  } catch (error) {
    throw new SignalboxError(
      "invalid",
      "bad_ca",
      `the certificates in ${path} can't be read (${reasonOf(error).slice(0, 80)})`,
      "Run `npm run connect`, or correct `ca` in the plugin's configuration",
    );
  }
}

/** For Node's https. */
export const tlsOptions = (trusted: Trusted) =>
  trusted === undefined
    ? {}
    : { ca: trusted, allowPartialTrustChain: true, checkServerIdentity: identity(trusted) };

/** For grpc-js: credentials and options of a client. */
export function grpcTrust(
  hostname: string,
  trusted: Trusted,
): { trust: ChannelCredentials; options: object } {
  const context = createSecureContext(
    trusted === undefined ? {} : { ca: trusted, allowPartialTrustChain: true },
  );
  const check = identity(trusted);
  const host = hostname.replace(/^\[|\]$/g, "");
  // grpc-js would send an address as the name that it asks for, which TLS has no room for, and Node warns of.
  const options = isIP(host) === 0 ? {} : { "grpc.ssl_target_name_override": "localhost" };
  const trust = credentials.createFromSecureContext(context, {
    checkServerIdentity: (_, certificate) => check(host, certificate),
  });
  return { trust, options };
}

/** A certificate that is itself among the trusted needs no name; one that these have signed does. */
export function identity(trusted: Trusted): typeof checkServerIdentity {
  if (trusted === undefined) return checkServerIdentity;
  const known = certificatesIn(trusted);
  return (host: string, certificate: PeerCertificate) =>
    known.some(({ raw }) => raw.equals(certificate.raw)) ? undefined : checkServerIdentity(host, certificate);
}

function certificatesIn(pem: string): X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new Error("no certificate in PEM");
  return found.map((text) => new X509Certificate(text));
}
