/**
 * What is measured: ClassBench rule sets of several sizes, and sets of random addresses.
 *
 * @module
 */

import { Random } from "../lib/bench/random.ts";
import { fieldNamed } from "../lib/model/fields.ts";
import { Filter } from "../lib/model/filter.ts";
import { freezeMatch, joinRanges, type Range } from "../lib/model/match.ts";
import { parseFilter } from "../lib/syntax/rule_file.ts";
import { makeRuleSet, type RuleSetStyle, STYLES } from "../tests/classbench/rule_sets.ts";

/** Where the rule sets are; its README says their format. */
export const DATA = new URL("../../shared/data/classbench/", import.meta.url);

/** The rule sets there. */
export const SETS: readonly string[] = ["acl1", "fw1", "ipc1"];

/** Whether they are there. */
export function hasData(): boolean {
  try {
    return Deno.statSync(DATA).isDirectory;
  } catch {
    return false;
  }
}

/** Sets that are made from a seed, and what they are like: for any machine, and to try what nobody has seen. */
export const MADE_SETS: Readonly<Record<string, RuleSetStyle>> = {
  "made-acl": STYLES["access lists"] as RuleSetStyle,
  "made-fw": STYLES["firewalls"] as RuleSetStyle,
  "made-ipc": STYLES["chains"] as RuleSetStyle,
};

/** The sets of addresses. */
export const ADDRESS_SETS: readonly string[] = ["addresses", "mixed-addresses"];

/** Numbers of rules, by the name of the files; 16 are the first of each set. */
export const SIZES: readonly number[] = [16, 100, 1_000, 10_000, 100_000];

/** Entries of a set of addresses. */
export const ADDRESSES: readonly number[] = [10_000, 1_000_000];

/** A rule set, or why there is none. */
export type RuleSet =
  | { readonly name: string; readonly size: number; readonly filter: Filter }
  | { readonly name: string; readonly size: number; readonly missing: string };

/** A ClassBench set of about so many rules. */
export async function readRuleSet(name: string, size: number): Promise<RuleSet> {
  const file = new URL(`${name}_${size === 16 ? 100 : size}.gz`, DATA);
  let text: string;
  try {
    const { readable } = await Deno.open(file);
    text = await new Response(readable.pipeThrough(new DecompressionStream("gzip"))).text();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { name, size, missing: `there is no ${file.pathname}` };
  }
  const lines = size === 16 ? text.split("\n").slice(0, 16).join("\n") : text;
  return { name, size, filter: parseFilter(lines, { syntax: "classbench", sourceName: name }).filter };
}

/** A rule set made from a seed. */
export function makeSet(name: string, size: number, seed: number): RuleSet {
  const style = MADE_SETS[name];
  if (style === undefined) throw new RangeError(`Cannot make "${name}": there is no such set`);
  const text = makeRuleSet(style, { rules: size, seed });
  return { name, size, filter: parseFilter(text, { syntax: "classbench", sourceName: name }).filter };
}

/** A filter that drops what comes from random addresses: of IPv4 all different, in `mixed-addresses` every other IPv6. */
export function addressSet(name: string, size: number): RuleSet {
  const random = new Random(0x5e75);
  const seen = new Set<bigint>();
  const ipv6Ranges: Range[] = [];
  while (seen.size + ipv6Ranges.length < size) {
    const value = BigInt(random.u32());
    if (name === "mixed-addresses" && ipv6Ranges.length <= seen.size) {
      const address = 0x2001n << 112n | value << 64n | random.bits(64);
      ipv6Ranges.push({ lo: address, hi: address });
    } else seen.add(value);
  }
  // Neighbours join, so that there are a few ranges less.
  const ranges = joinRanges([...seen].map((value) => ({ lo: value, hi: value })));
  const match = freezeMatch(fieldNamed("ip.src"), "in", {
    kind: "set",
    ranges,
    ...(ipv6Ranges.length > 0 && { ipv6Ranges: joinRanges(ipv6Ranges) }),
  });
  const source = { text: `drop ip.src in @${name}.txt` };
  return { name, size, filter: new Filter({ rules: [{ action: "drop", matches: [match], source }] }) };
}
