/**
 * Flags of TCP as people name them: `syn|ack`.
 *
 * @module
 */

/** Every flag that has a name, from the lowest bit: RFC 9293 section 3.1, and AE of draft-ietf-tcpm-accurate-ecn. */
const NAMES = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ae"] as const;

/** The flags that names, joined by `|`, say in any order; undefined when one is unknown. */
export function parseTcpFlags(text: string): bigint | undefined {
  let flags = 0n;
  for (const name of text.toLowerCase().split("|")) {
    const bit = (NAMES as readonly string[]).indexOf(name);
    if (bit < 0) return undefined;
    flags |= 1n << BigInt(bit);
  }
  return flags;
}

/** The names of flags, as {@link parseTcpFlags} reads them; undefined for none, and for bits without a name. */
export function formatTcpFlags(flags: bigint): string | undefined {
  if (flags === 0n || flags >> BigInt(NAMES.length) !== 0n) return undefined;
  return NAMES.filter((_, bit) => (flags >> BigInt(bit) & 1n) === 1n).join("|");
}
