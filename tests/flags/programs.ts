/**
 * Filters that between them make every kind of code, packets of every kind, and the flags that they are tried with.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { checkFlags } from "../../lib/analysis/flags.ts";
import type { CprogOptions } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { flagsOf, type ProgramFlags } from "../../lib/model/flags.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { ALL_CASES } from "../cases/all_cases.ts";
import { casesOf } from "../cases/field_cases.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";

/** Flags, alone and together. */
export type Flags = Pick<CprogOptions, keyof ProgramFlags>;

/** Each flag alone, those that change the flow together, and all. */
export const FLAGS: readonly Flags[] = [
  { inlineFunctions: true },
  { noLoops: true },
  { noVlan: true },
  { printk: true },
  { inlineFunctions: true, noLoops: true },
  { inlineFunctions: true, noLoops: true, noVlan: true, printk: true },
];

/** Both families, the extension headers, addresses of 128 bits, an authentication header. */
export const MIXED: Filter = parseFilter(`
  drop ip.src in 10.0.0.0/8 and tcp.dstport in { 22, 80..90 }
  pass ipv6.src in 2001:db8::/32 and ipv6.dst != 2001:db8::2
  drop ah.spi == 0x100
  pass l4.proto == udp and l3.ttl > 5
  drop eth.src == 02:00:00:00:00:0a
  drop eth.type in { 0x8100, arp }
`).filter;

/** Sets that are looked up, in every strategy that has tables. */
export const WITH_SETS: Filter = parseFilter(`
  drop ip.src in { ${entries(400, (index) => `10.${index % 200}.${index % 7}.${index % 256}`)}, 10.0.0.1 }
  pass ipv6.dst in { ${entries(300, (index) => `2001:db8:${index.toString(16)}::/48`)} }
  drop l4.dstport == 53
`).filter;

function entries(count: number, entry: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => entry(index)).join(", ");
}

/** Every third packet of the cases, each once. */
export const CASE_PACKETS: readonly Packet[] = [
  ...new Map(
    ALL_CASES.flatMap(casesOf).map((
      { packet },
    ) => [`${packet.bytes.toHex()} ${JSON.stringify(packet.vlanTag)}`, packet]),
  ).values(),
].filter((_, index) => index % 3 === 0);

/** Filters and packets that are the same each time, drawn as those of the random tests are. */
export function drawRuns(count: number, packets: number): { readonly filter: Filter; readonly packets: Packet[] }[] {
  const runs = fc.array(arbPacket(), { minLength: packets, maxLength: packets })
    .chain((drawn) => arbFilter(drawn).map((filter) => ({ filter, packets: drawn })));
  return fc.sample(fc.noBias(runs), { numRuns: count, seed: 4 });
}

/** The filter without the rules that the flags rule out. */
export function allowed(filter: Filter, flags: Flags): Filter {
  const refused = new Set(checkFlags(filter, flagsOf(flags)).map(({ rule }) => rule));
  const rules = filter.rules.filter((_, index) => !refused.has(index));
  return new Filter({ rules, defaultAction: filter.defaultAction });
}
