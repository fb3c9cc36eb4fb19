/** The configuration file as it may be written. Keys that are not ours are left alone. */
import * as z from "zod";
import { DELIVERY_SETTINGS, JOIN_SETTINGS } from "../core/configuration.ts";

const LOOPBACK = new Set(["localhost", "[::1]"]);

const REMOTE = "remote must be http://127.0.0.1:4401 or https://host, without a path";

/** An origin of a Signalbox server: http(s), a host, perhaps a port, nothing else. */
export const ourRemote = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  const bare = pathname === "/" && search === "" && hash === "" && username === "" && password === "";
  return bare && (protocol === "http:" || protocol === "https:");
}, REMOTE);

export const configSchema = z
  .object({
    remote: ourRemote,
    connectionToken: z.string().regex(/^cbt_[\x21-\x7e]+$/, "connectionToken must be a token, cbt_…"),
    session: z.string().optional(),
    projects: z.record(z.string(), z.string()).default({}),
    delivery: z.enum(DELIVERY_SETTINGS).default("auto"),
    join: z.enum(JOIN_SETTINGS).default("interactive"),
    sessionMessaging: z.boolean().default(true),
    notifications: z.boolean().default(false),
    ca: z.string().min(1).optional(),
    dataDir: z.string().min(1).optional(),
    allowPlaintext: z.boolean().default(false),
  })
  .refine(({ remote, allowPlaintext }) => allowPlaintext || !goesInTheClear(remote), {
    error:
      'remote is plain http to another machine, where the token could be read on its way: use https, or say "allowPlaintext": true',
  });

function goesInTheClear(remote: string): boolean {
  if (!URL.canParse(remote)) return false;
  const { protocol, hostname } = new URL(remote);
  return protocol === "http:" && !LOOPBACK.has(hostname) && !/^127(\.\d{1,3}){3}$/.test(hostname);
}
