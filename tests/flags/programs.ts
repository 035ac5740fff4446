/**
 * Filters that between them make every kind of code, and the flags that they are tried with.
 *
 * @module
 */

import type { CprogOptions } from "../../lib/cprog.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";

/** Flags, alone and together. */
export type Flags = Pick<CprogOptions, "inlineFunctions" | "noLoops" | "noVlan" | "printk">;

/** Both families, the extension headers, addresses of 128 bits, an authentication header. */
export const MIXED: Filter = parseFilter([
  "drop ip.src in 10.0.0.0/8 and tcp.dstport in { 22, 80..90 }",
  "pass ipv6.src in 2001:db8::/32 and ipv6.dst != 2001:db8::2",
  "drop ah.spi == 0x100",
  "pass l4.proto == udp and l3.ttl > 5",
  "drop eth.src == 02:00:00:00:00:0a",
  "",
].join("\n")).filter;

/** A set that is looked up, in every strategy that has tables. */
export const WITH_SET: Filter = parseFilter([
  `drop ip.src in { ${
    Array.from({ length: 400 }, (_, index) =>
      `10.${index % 200}.${index % 7}.${index}/32`.replace(/\.(\d+)\/32/, (_, last) =>
        `.${Number(last) % 256}`)).join(", ")
  } }`,
  `pass ipv6.dst in { ${Array.from({ length: 300 }, (_, index) => `2001:db8:${index.toString(16)}::/48`).join(", ")} }`,
  "drop l4.dstport == 53",
  "",
].join("\n")).filter;
