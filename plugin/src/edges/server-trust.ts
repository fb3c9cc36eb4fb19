/**
 * Whom the plugin trusts to be its server, with https: what Node trusts (NODE_EXTRA_CA_CERTS included), or, where the
 * configuration names a `ca` file, what that file holds and nothing else. A certificate that is itself in the file needs no
 * name: so a server's own self-signed one works under any address.
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext, type PeerCertificate } from "node:tls";
import { type ChannelCredentials, credentials } from "@grpc/grpc-js";

export function trust(
  hostname: string,
  ca: string | undefined,
): { credentials: ChannelCredentials; options: object } {
  const host = hostname.replace(/^\[|\]$/g, "");
  const known = ca === undefined ? [] : certificatesIn(ca);
  // A certificate that another has signed is trusted too if it is in the file itself.
  const context = createSecureContext(ca === undefined ? {} : { ca, allowPartialTrustChain: true });
  return {
    credentials: credentials.createFromSecureContext(context, {
      checkServerIdentity: (_, shown: PeerCertificate) =>
        known.some(({ raw }) => raw.equals(shown.raw)) ? undefined : checkServerIdentity(host, shown),
    }),
    // gRPC would send an address as the name that it asks for, which TLS has no room for, and Node warns of.
    options: isIP(host) === 0 ? {} : { "grpc.ssl_target_name_override": "localhost" },
  };
}

/** Throws if there is none, or one that can't be read. */
export function certificatesIn(pem: string): X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new Error("no certificate in PEM");
  return found.map((text) => new X509Certificate(text));
}
