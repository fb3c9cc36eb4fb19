/** Who counts as one sender: an IPv4 address, or the /64 network of IPv6 that one subscriber has. */
export function senderOf(peer: string): string {
  const ip = peer.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  // What `::` stands for is zeros; of its right side only what reaches into the first half counts.
  const right = tail === undefined ? [] : tail.split(":").filter((group) => group !== "");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - right.length) }, () => "0");
  return `${[...groups, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}
