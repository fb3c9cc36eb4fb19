/** The certificates of `tls/`, copied to where keys are private, as the server wants them. */
import { chmodSync, copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MADE = join(import.meta.dirname, "tls");
const folder = mkdtempSync(join(tmpdir(), "signalbox-tls-"));

export type CertificateName = "own" | "loopback" | "expired";

export interface TlsFiles {
  cert: string;
  key: string;
  env: { SIGNALBOX_TLS_CERT: string; SIGNALBOX_TLS_KEY: string };
  /** Puts another pair in their place. */
  become(name: CertificateName): void;
}

/** A pair of files of their own. */
export function tlsFiles(name: CertificateName): TlsFiles {
  const own = mkdtempSync(join(folder, "pair-"));
  const [cert, key] = [join(own, "cert.pem"), join(own, "key.pem")];
  const become = (other: CertificateName) => {
    copyFileSync(join(MADE, `${other}.pem`), cert);
    copyFileSync(join(MADE, `${other}.key.pem`), key);
    chmodSync(key, 0o600);
  };
  become(name);
  return { cert, key, env: { SIGNALBOX_TLS_CERT: cert, SIGNALBOX_TLS_KEY: key }, become };
}

/** Of the certificate authority that signed `loopback`. */
export const CA_FILE = join(MADE, "ca.pem");

/** The server's own certificate, PEM. */
export const certificateOf = (name: CertificateName): string =>
  readFileSync(join(MADE, `${name}.pem`), "utf8").split(/(?<=-----END CERTIFICATE-----\n)/)[0] ?? "";
