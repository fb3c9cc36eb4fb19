/**
 * Which user of this machine holds the other end of a loopback connection, as Linux tells in `/proc/net/tcp`. That an address is
 * loopback says only that some program here has connected: another user's, or a tunnel's that speaks for the whole world.
 */
import { readFile } from "node:fs/promises";
import { isIPv6, type Socket } from "node:net";
import { endianness } from "node:os";

/** Null: the system does not tell. `nobody`: it tells of all, and of none with this end. */
export async function ownerOfPeer(socket: Socket): Promise<number | "nobody" | null> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || localAddress === undefined) return "nobody";
  // Seen from the other end.
  const [theirs, ours] = [formsOf(remoteAddress), formsOf(localAddress)];
  const wanted = theirs.map((form, n) => `${form}:${portOf(remotePort)} ${ours[n]}:${portOf(localPort)}`);
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((table) => readFile(table, "latin1").catch(() => null)),
  );
  if (tables.every((table) => table === null)) return null;
  return tables.map((table) => ownerIn(table ?? "", wanted)).find((owner) => owner !== null) ?? "nobody";
}

/** `  0: 0100007F:A2C4 0100007F:1130 01 00000000:00000000 00:00000000 00000000  1000        0 …` */
function ownerIn(table: string, wanted: readonly string[]): number | null {
  for (const line of table.split("\n")) {
    const fields = line.trim().split(/ +/);
    if (wanted.includes(`${fields[1]} ${fields[2]}`)) return Number(fields[7]);
  }
  return null;
}

const portOf = (port = 0): string => port.toString(16).toUpperCase().padStart(4, "0");

/** A program may speak IPv4 by a socket of IPv6: it then stands in the other table, with the address as that one writes it. */
function formsOf(address: string): string[] {
  const v4 = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIPv6(v4) ? [hexOf(v4)] : [hexOf(v4), hexOf(`::ffff:${v4}`)];
}

/** Each 32 bits as the machine has them in memory, printed as a number. */
function hexOf(address: string): string {
  const bytes = isIPv6(address) ? bytesOf6(address) : address.split(".").map(Number);
  const words = Array.from({ length: bytes.length / 4 }, (_, word) => bytes.slice(word * 4, word * 4 + 4));
  const ordered = words.flatMap((word) => (endianness() === "LE" ? word.reverse() : word));
  return ordered.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("");
}

function bytesOf6(address: string): number[] {
  const v4 = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (v4 !== null) {
    const [high, low] = [Number(v4[2]) * 256 + Number(v4[3]), Number(v4[4]) * 256 + Number(v4[5])];
    return bytesOf6(`${v4[1]}${high.toString(16)}:${low.toString(16)}`);
  }
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const right = tail === undefined ? [] : groups(tail);
  const left = groups(head);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}
