/**
 * Rule sets of 5-tuples like those of ClassBench, made from a seed: other seeds give other sets. Prefixes are nested, ports
 * are exact, halves of all, or ranges that cross, and a few protocols are in most rules.
 *
 * @module
 */

import { Random } from "../../lib/bench/random.ts";
import { ipv4 } from "../random/address_text.ts";

/** What the rules are like: how much of the addresses and ports they leave open. */
export interface RuleSetStyle {
  /** Of 100 rules, how many have any source, and any destination. */
  readonly openSources: number;
  readonly openDestinations: number;
  /** Of 100 ports of a rule, how many are any, and how many are one port; the others are ranges. */
  readonly openPorts: number;
  readonly exactPorts: number;
  /** Rules for each prefix there is: few prefixes are in many rules. */
  readonly rulesPerPrefix: number;
}

/** Styles by the kind of real sets that have such rules. */
export const STYLES: Readonly<Record<string, RuleSetStyle>> = {
  "access lists": { openSources: 4, openDestinations: 1, openPorts: 50, exactPorts: 40, rulesPerPrefix: 6 },
  firewalls: { openSources: 45, openDestinations: 25, openPorts: 40, exactPorts: 25, rulesPerPrefix: 10 },
  chains: { openSources: 15, openDestinations: 10, openPorts: 65, exactPorts: 25, rulesPerPrefix: 3 },
};

/** The lines of a rule set, no two the same. */
export function makeRuleSet(style: RuleSetStyle, options: { readonly rules: number; readonly seed: number }): string {
  const random = new Random(options.seed);
  const count = Math.max(8, Math.ceil(options.rules / style.rulesPerPrefix));
  const sources = makePrefixes(random, count);
  const destinations = makePrefixes(random, count);
  const lines = new Set<string>();
  while (lines.size < options.rules) {
    const source = random.below(100) < style.openSources ? "0.0.0.0/0" : random.pick(sources);
    const destination = random.below(100) < style.openDestinations ? "0.0.0.0/0" : random.pick(destinations);
    const protocol = random.pick(PROTOCOLS);
    const hasPorts = protocol === "0x06/0xFF" || protocol === "0x11/0xFF";
    const ports = () => hasPorts ? makePorts(random, style) : "0 : 65535";
    lines.add([`@${source}`, destination, ports(), ports(), protocol, "0x0000/0x0000"].join("\t"));
  }
  return [...lines, ""].join("\n");
}

const PROTOCOLS = [
  "0x06/0xFF",
  "0x06/0xFF",
  "0x06/0xFF",
  "0x11/0xFF",
  "0x11/0xFF",
  "0x01/0xFF",
  "0x2f/0xFF",
  "0x00/0x00",
];
const WELL_KNOWN = [20, 21, 22, 25, 53, 67, 80, 123, 161, 443, 1521, 1723, 5060, 8080];

/** Prefixes, half of them inside of another one. */
function makePrefixes(random: Random, count: number): string[] {
  const made: { readonly value: number; readonly length: number }[] = [];
  while (made.length < count) {
    const parent = made.length > 0 && random.oneIn(2) ? random.pick(made) : { value: 0, length: 0 };
    const length = Math.min(32, parent.length === 0 ? 8 + random.below(25) : parent.length + 1 + random.below(8));
    const own = random.u32() & ~mask(parent.length) & mask(length);
    made.push({ value: (parent.value | own) >>> 0, length });
  }
  return made.map(({ value, length }) => `${ipv4(value)}/${length}`);
}

function mask(length: number): number {
  return length === 0 ? 0 : -1 << (32 - length);
}

function makePorts(random: Random, style: RuleSetStyle): string {
  const way = random.below(100);
  if (way < style.openPorts) return "0 : 65535";
  if (way < style.openPorts + style.exactPorts) {
    const port = random.oneIn(4) ? random.below(65_536) : random.pick(WELL_KNOWN);
    return `${port} : ${port}`;
  }
  if (random.oneIn(2)) return random.oneIn(4) ? "0 : 1023" : "1024 : 65535";
  const [a, b] = [random.below(65_536), random.below(65_536)];
  return `${Math.min(a, b)} : ${Math.max(a, b)}`;
}
