/** tcpdump as the judge of what a capture file holds. */

/** A packet as tcpdump understood it. */
export interface JudgedPacket {
  readonly timestampNs: bigint;
  readonly hex: string;
  readonly originalLength: number;
}

/**
 * Reads a capture file with tcpdump, which writes what it understood in one plain form: pcap with nanoseconds in the byte
 * order of this machine (little-endian), its header 24 bytes long, that of a record 16. What it prints would not do:
 * printers add dumps of their own, and skip packets that say to have no length.
 */
export async function readWithTcpdump(bytes: Uint8Array<ArrayBuffer>): Promise<readonly JudgedPacket[]> {
  const file = await rewriteWithTcpdump(bytes, "nano");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const packets: JudgedPacket[] = [];
  for (let at = 24; at < file.length;) {
    const capturedLength = view.getUint32(at + 8, true);
    packets.push({
      timestampNs: BigInt(view.getUint32(at, true)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, true)),
      hex: file.subarray(at + 16, at + 16 + capturedLength).toHex(),
      originalLength: view.getUint32(at + 12, true),
    });
    at += 16 + capturedLength;
  }
  return packets;
}

/** The packet count that `tcpdump --count` reports. */
export async function countWithTcpdump(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  return Number.parseInt(new TextDecoder().decode(await tcpdump(["--count"], bytes)));
}

/** Rewrites a capture file with `tcpdump -w`. */
export function rewriteWithTcpdump(
  bytes: Uint8Array<ArrayBuffer>,
  precision: "micro" | "nano",
): Promise<Uint8Array<ArrayBuffer>> {
  return tcpdump([`--time-stamp-precision=${precision}`, "-w", "-"], bytes);
}

async function tcpdump(args: readonly string[], bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const command = new Deno.Command("tcpdump", {
    args: ["-r", "-", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const [output] = await Promise.all([child.output(), new Blob([bytes]).stream().pipeTo(child.stdin)]);
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return output.stdout;
}
