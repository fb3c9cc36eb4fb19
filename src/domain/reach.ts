/** Who can reach an address that webhooks are told to go to, as far as the address itself says. */

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

export const hostOf = (url: string): string =>
  // An IPv6 address stands in brackets.
  new URL(url).hostname.replace(/^\[|\]$/g, "");

/** Where a server listens that listens everywhere, which is no address to send to. */
export const isEverywhere = (url: string): boolean => ["0.0.0.0", "::"].includes(hostOf(url));

/** What to do so that senders reach this URL; empty: nothing speaks against it. */
export function reachAdvice(url: string): string {
  const hostname = hostOf(url);
  if (isEverywhere(url)) {
    return `${hostname} is where the server listens, and no address to send to: start it with SIGNALBOX_PUBLIC_URL set to the address by which senders reach this machine.`;
  }
  if (isLoopback(hostname)) {
    return `Only programs on this machine reach ${hostname}: for GitHub, Stripe and whatever else is outside, put a tunnel or a proxy in front and start the server with SIGNALBOX_PUBLIC_URL set to its address; then the URL is another.`;
  }
  return "";
}
