/**
 * nft on the same rules and packets: a chain at the ingress of `lo`, in a network namespace of its own.
 *
 * @module
 */

import type { Filter } from "../lib/model/filter.ts";
import type { Match } from "../lib/model/match.ts";
import type { Packet } from "../lib/semantics/dissect.ts";
import { formatRange, formatValue } from "../lib/model/value_text.ts";
import { fieldNamed } from "../lib/model/fields.ts";
import { prefixLength } from "../lib/net/bytes.ts";

/** What nft costs. */
export interface NftResult {
  /** Nanoseconds per packet over a chain of one `drop`. */
  readonly ns: number;
  /** Milliseconds of `nft -f`. */
  readonly loadMs: number;
}

/** What `nft_run.ts` reads: two rulesets, and packets as hexadecimal. */
export interface NftInput {
  readonly baseline: string;
  readonly ruleset: string;
  readonly packets: readonly string[];
  /** Packets that no rule holds for, by the evaluator: nft has to count as many. */
  readonly misses: number;
}

/** Why nft cannot be measured here, or undefined. */
export function whyNoNft(): string | undefined {
  for (const command of [["nft", "--version"], ["unshare", "--net", "true"]]) {
    try {
      const { success } = new Deno.Command(command[0]!, { args: command.slice(1), stderr: "null" }).outputSync();
      if (!success) return `"${command.join(" ")}" fails`;
    } catch {
      return `${command[0]} is not installed`;
    }
  }
  return undefined;
}

/**
 * Measures nft: frames go through the kernel's own path to the ingress of `lo` (BPF_F_TEST_XDP_LIVE_FRAMES, fed like
 * kefir's programs), and every rule drops, so that the verdict ends the packet; a chain of one `drop` is subtracted.
 *
 * @throws Error when nft refuses the rules, or decides otherwise than the evaluator
 */
export async function benchNft(filter: Filter, packets: readonly Packet[], misses: number): Promise<NftResult> {
  const input: NftInput = {
    baseline: rulesetOf([]),
    ruleset: printRuleset(filter),
    packets: packets.map(({ bytes }) => bytes.toHex()),
    misses,
  };
  const child = new Deno.Command("unshare", {
    args: ["--net", Deno.execPath(), "run", "--quiet", "-A", new URL("nft_run.ts", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(JSON.stringify(input))).then(() => writer.close());
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), written.catch(() => {})]);
  if (!success) throw new Error(`nft: ${new TextDecoder().decode(stderr).trim().split("\n").slice(0, 3).join(" ")}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function printRuleset(filter: Filter): string {
  const sets: string[] = [];
  const rules = filter.rules.map(({ matches }) => {
    const words = matches.flatMap((match) => printMatch(match, sets));
    return `${words.join(" ")} drop`;
  });
  return rulesetOf(rules, sets);
}

function rulesetOf(rules: readonly string[], sets: readonly string[] = []): string {
  return [
    "flush ruleset",
    "table netdev kefir {",
    ...sets,
    "  chain ingress {",
    '    type filter hook ingress device "lo" priority 0; policy accept;',
    ...rules.map((rule) => `    ${rule}`),
    "    counter drop",
    "  }",
    "}",
    "",
  ].join("\n");
}

const NFT_NAMES: Readonly<Record<string, string>> = {
  "ip.src": "ip saddr",
  "ip.dst": "ip daddr",
  "ip.proto": "ip protocol",
  "l4.srcport": "th sport",
  "l4.dstport": "th dport",
};

/** A match in nft's words. @throws Error for one that a ClassBench set or a set of addresses has not */
function printMatch(match: Match, sets: string[]): string[] {
  const name = NFT_NAMES[match.field];
  const { operand, operator } = match;
  if (name === undefined) throw new Error(`nft: ${match.field} is not translated`);
  const field = fieldNamed(match.field);
  if (operand.kind === "value" && operator === "==") {
    const { value, mask } = operand;
    if (mask === 0n) return ["meta protocol ip"];
    // nft wants the protocol before it reads ports; kefir means every protocol that has them.
    if (name.startsWith("th ")) return ["meta protocol ip meta l4proto { 6, 17, 33, 132, 136 }", name, String(value)];
    if (field.format === "protocol") return [name, String(value)];
    const length = mask === undefined ? 32 : prefixLength(mask, 32);
    return [name, `${formatValue(field, value)}/${length}`];
  }
  if (operand.kind !== "set" || operator !== "in" || operand.ipv6Ranges !== undefined) {
    throw new Error(`nft: ${match.field} ${operator} is not translated`);
  }
  if (name.startsWith("th ")) {
    const [range] = operand.ranges;
    return ["meta protocol ip meta l4proto { 6, 17, 33, 132, 136 }", name, `${range?.lo}-${range?.hi}`];
  }
  const elements = operand.ranges.map((range) => formatRange(field, range).replace("..", "-"));
  sets.push(`  set s${sets.length} { type ipv4_addr; flags interval; elements = { ${elements.join(", ")} }`, "  }");
  return [name, `@s${sets.length / 2 - 1}`];
}
