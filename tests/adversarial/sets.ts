/**
 * Rule sets that are hard on a strategy: for each, nobody wrote such a filter yet, and somebody will.
 *
 * @module
 */

import { Random } from "../../lib/bench/random.ts";
import type { ConcreteField, Field } from "../../lib/model/field.ts";
import { bytesForType, FIELDS, sidesOf } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { type LayerName, layerOf } from "../../lib/model/layers.ts";
import type { MatchInput, ValueInput } from "../../lib/model/match.ts";
import { isSetOperator } from "../../lib/model/operator.ts";
import { placeOf } from "../../lib/model/places.ts";
import { PORT_PROTOCOLS } from "../../lib/net/protocol_numbers.ts";
import { allOnes, bigintToBytes } from "../../lib/net/bytes.ts";
import { ipv4, ipv6 } from "../random/address_text.ts";

/** Rules of a set whose largest filter is tried with another number than others. */
export const LARGEST: Readonly<Record<string, number>> = {
  "all rules overlap": 100_000,
  "a dozen rules, thousands of times": 100_000,
  "a rule for each VLAN and MAC": 100_000,
  // These come to many ranges or fields a rule; to evaluate them takes as long.
  "chains of != on one field": 1_000,
  "many fields in every rule": 500,
  "every field somewhere": 2_000,
  "several sets in a rule": 2_000,
  "the same four sets in every rule, in other mixtures": 2_000,
};

/** Makes the matches of so many rules, one list a rule. */
type MakeMatches = (rules: number, random: Random) => readonly (readonly MatchInput[])[];

/** A filter of so many rules of a set; other seeds give others. */
export function makeSet(name: string, { rules, seed }: { readonly rules: number; readonly seed: number }): Filter {
  const make = SETS[name];
  if (make === undefined) throw new RangeError(`there is no set "${name}"`);
  const random = new Random(seed);
  return new Filter({
    rules: make(rules, random).map((matches) => ({ matches, action: random.oneIn(2) ? "drop" : "pass" })),
    defaultAction: random.oneIn(2) ? "drop" : "pass",
  });
}

/** The sets by what is hard about them. */
export const SETS: Readonly<Record<string, MakeMatches>> = {
  "all rules overlap": (rules, random) =>
    list(rules, () => [
      { field: "l4.srcport", operator: "in", value: around(random, 30_000, 30_000) },
      { field: "l4.dstport", operator: "in", value: around(random, 30_000, 30_000) },
    ]),

  "all rules overlap, the narrow ones first": (rules) =>
    list(rules, (index) => [
      { field: "ip.src", operator: "in", value: [{ lo: 0x0a00_0000 - index, hi: 0x0a00_0000 + index }] },
      { field: "ip.dst", operator: "in", value: [{ lo: 0x0b00_0000 - index, hi: 0x0b00_0000 + index }] },
    ]),

  "wild but for one range, of another field each": (rules, random) => {
    const fields = ["ip.src", "ip.dst", "l4.srcport", "l4.dstport", "ip.ttl", "eth.src", "ipv6.src"];
    return list(
      rules,
      (
        index,
      ) => [{
        field: fields[index % fields.length]!,
        operator: "in",
        value: [range(random, fields[index % fields.length]!)],
      }],
    );
  },

  "masks that are no prefixes": (rules, random) =>
    list(rules, (index) => [
      masked(random, "ip.src"),
      ...(index % 2 === 0 ? [masked(random, "ip.dst")] : []),
      ...(index % 3 === 0 ? [masked(random, "eth.src")] : []),
    ]),

  "masks that are no prefixes, IPv6": (rules, random) => list(rules, () => [masked(random, "ipv6.src")]),

  "a dozen rules, thousands of times": (rules, random) => {
    const few = list(12, () => [
      { field: "ip.src", value: `${ipv4(random.u32())}/${random.below(33)}` },
      { field: "tcp.dstport", value: random.below(65_536) },
    ]);
    return list(rules, () => random.pick(few));
  },

  "the same matches in every rule": (rules) =>
    list(rules, () => [{ field: "ip.src", value: "192.0.2.0/24" }, { field: "udp.dstport", value: 53 }]),

  "a rule for each VLAN and MAC": (rules, random) =>
    list(rules, (index) => [
      { field: "vlan.id", value: index % 4096 },
      { field: "eth.src", value: random.bits(46) },
    ]),

  "a rule for each VLAN, then one for each MAC": (rules, random) =>
    list(
      rules,
      (index) => [index < 4096 ? { field: "svlan.id", value: index } : { field: "eth.addr", value: random.bits(46) }],
    ),

  "families in turn": (rules, random) =>
    list(rules, (index) => [
      index % 2 === 0
        ? { field: "ip.src", value: `${ipv4(random.u32())}/${8 + random.below(25)}` }
        : { field: "ipv6.src", value: `${ipv6(random.bits(128))}/${16 + random.below(113)}` },
      { field: "l4.port", value: random.below(1_000) },
    ]),

  "either family in each rule": (rules, random) =>
    list(rules, () => [
      { field: "ip.src", operator: "in", value: [`${ipv4(random.u32())}/24`, `${ipv6(random.bits(128))}/48`] },
      { field: "ip.dst", operator: "in", value: [`${ipv4(random.u32())}/16`, `${ipv6(random.bits(128))}/32`] },
    ]),

  "chains of != on several fields": (rules, random) =>
    list(rules, (index) => [
      { field: "ip.src", operator: "!=", value: random.u32() },
      { field: "ip.dst", operator: "!=", value: random.u32() },
      { field: "l4.srcport", operator: "!=", value: random.below(65_536) },
      { field: "ip.ttl", operator: "!=", value: random.below(256) },
      { field: "tcp.dstport", value: index % 65_536 },
    ]),

  "chains of != on one field": (rules, random) =>
    list(rules, (index) => [
      ...list(12, () => ({ field: "ip.src", operator: "!=" as const, value: random.u32() })),
      { field: "l4.dstport", value: index % 65_536 },
    ]),

  "chains of != on fields with two sides": (rules, random) =>
    list(rules, (index) => [
      { field: "ip.addr", operator: "!=", value: random.u32() },
      { field: "l4.port", operator: "!=", value: random.below(65_536) },
      { field: "eth.src", value: index },
    ]),

  "many fields in every rule": (rules, random) => list(rules, () => manyFields(random, 12)),

  "every field somewhere": (rules, random) => {
    const shuffled = random.shuffle([...FIELDS]);
    return list(rules, (index) => [anyMatch(random, shuffled[index % shuffled.length]!), ...manyFields(random, 1)]);
  },

  "several sets in a rule": (rules, random) =>
    list(rules, () => [
      { field: "ip.src", operator: "in", value: list(8, () => `${ipv4(random.u32())}/28`) },
      { field: "ip.dst", operator: "in", value: list(8, () => `${ipv4(random.u32())}/28`) },
      { field: "l4.srcport", operator: "in", value: list(8, () => random.below(65_536)) },
      { field: "l4.dstport", operator: "in", value: list(8, () => random.below(65_536)) },
    ]),

  "the same four sets in every rule, in other mixtures": (rules, random) => {
    const sets = list(4, () => list(100, () => `${ipv4(random.u32())}/${24 + random.below(9)}`));
    return list(rules, (index) => [
      { field: "ip.src", operator: "in", value: sets[index % 4]! },
      { field: "ip.dst", operator: index % 3 === 0 ? "not in" : "in", value: sets[(index >> 2) % 4]! },
      { field: "l4.dstport", value: index % 65_536 },
    ]);
  },

  "nested prefixes of every length": (rules, random) => {
    const [source, destination] = [random.u32(), random.u32()];
    return list(rules, (index) => [
      { field: "ip.src", value: `${ipv4(source)}/${32 - index % 33}` },
      { field: "ip.dst", value: `${ipv4(destination)}/${32 - Math.floor(index / 33) % 33}` },
      { field: "l4.dstport", value: Math.floor(index / 1089) },
    ]);
  },

  "nested IPv6 prefixes of every length": (rules, random) => {
    const [source, destination] = [random.bits(128), random.bits(128)];
    return list(rules, (index) => [
      { field: "ipv6.src", value: `${ipv6(source)}/${128 - index % 129}` },
      { field: "ipv6.dst", value: `${ipv6(destination)}/${128 - Math.floor(index / 129) % 129}` },
    ]);
  },

  "port ranges that all cross": (rules) =>
    list(rules, (index) => [
      { field: "l4.srcport", operator: "in", value: [{ lo: index % 32_768, hi: index % 32_768 + 32_767 }] },
      { field: "l4.dstport", operator: "in", value: [{ lo: 32_767 - index % 32_768, hi: 65_534 - index % 32_768 }] },
    ]),

  "comparisons that are open to one end": (rules, random) =>
    list(rules, () => [
      { field: "ip.src", operator: ">=", value: random.u32() },
      { field: "ip.dst", operator: "<", value: random.u32() },
      { field: "ip.ttl", operator: ">", value: random.below(256) },
    ]),

  "IPv6 addresses that differ in their lowest bits": (rules) =>
    list(
      rules,
      (
        index,
      ) => [{ field: "ipv6.dst", value: `2001:db8::${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}` }],
    ),

  "odd and even addresses": (rules, random) =>
    list(rules, (index) => [
      { field: "ip.src", value: index & 1, mask: 1n },
      { field: "ip.dst", value: random.u32() & 0xff, mask: 0xffn },
      { field: "l4.dstport", value: index % 65_536 },
    ]),
};

/** One rule that compares 64 times: each field of one place, then ports again. */
export function makeLongRule(seed: number): Filter {
  const random = new Random(seed);
  const matches = list(
    64,
    (index): MatchInput =>
      index % 2 === 0 ? { field: "ip.src", operator: "!=", value: random.u32() } : {
        field: "l4.dstport",
        operator: index % 4 === 1 ? ">=" : "<=",
        value: index % 4 === 1 ? index : 65_535 - index,
      },
  );
  return new Filter({ rules: [{ matches, action: "drop" }] });
}

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

/** A range with a number in it that is in all such ranges. */
function around(random: Random, center: number, most: number): { lo: number; hi: number }[] {
  return [{ lo: center - random.below(most), hi: center + random.below(most) }];
}

function fieldOf(name: string): Field {
  return FIELDS.find((field) => field.name === name)!;
}

/** Numbers of addresses are given as bytes. */
function valueOf(field: Field, value: bigint): ValueInput {
  return bigintToBytes(value, bytesForType(field.name));
}

function range(random: Random, name: string): { lo: ValueInput; hi: ValueInput } {
  const field = fieldOf(name);
  const [a, b] = [random.bits(field.widthBits), random.bits(field.widthBits)];
  return a < b ? { lo: valueOf(field, a), hi: valueOf(field, b) } : { lo: valueOf(field, b), hi: valueOf(field, a) };
}

function masked(random: Random, name: string): MatchInput {
  const { widthBits } = fieldOf(name);
  // Few bits count, so that packets meet such rules.
  const mask = random.bits(widthBits) & random.bits(widthBits) & random.bits(widthBits);
  return { field: name, value: random.bits(widthBits) & mask, mask };
}

/** Matches on fields that a packet can have together, each at another place; not on which headers it has. */
function manyFields(random: Random, count: number): MatchInput[] {
  const family = random.pick(["ipv4", "ipv6"] as const);
  const protocol = random.pick(PORT_PROTOCOLS);
  const taken: ConcreteField[] = [];
  const canBe = ({ layer, name }: ConcreteField) => {
    const { types, protocols } = layerOf(layer);
    return (types ?? [ETHER_TYPE[family]]).includes(ETHER_TYPE[family]) &&
      (protocols ?? [protocol]).includes(protocol) &&
      !APART.includes(layer) && !OF_FRAGMENTS.includes(name);
  };
  const isFree = (side: ConcreteField) =>
    canBe(side) && (side.family ?? family) === family && (side.protocol ?? protocol) === protocol &&
    side.layer !== OTHER[family] &&
    !taken.some((other) => placeOf(other).name === placeOf(side).name);
  const matches: MatchInput[] = [];
  for (const field of random.shuffle([...FIELDS])) {
    if (matches.length === count) break;
    if (!sidesOf(field).every(isFree) || field.format === "ethertype" || field.format === "protocol") continue;
    taken.push(...sidesOf(field));
    matches.push(anyMatch(random, field));
  }
  return matches;
}

const OTHER = { ipv4: "ipv6", ipv6: "ipv4" } as const;
const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;

/** What decides what else a packet has: its length and tags, and ports of tunnels. */
const APART: readonly LayerName[] = ["frame", "vxlan", "geneve", "gtp", "gtpext", "tunnel", "tunnelid"];

/** Fields of which most values are those of later fragments, which have no ports. */
const OF_FRAGMENTS: readonly string[] = ["ip.flags", "ip.flags.mf", "ip.frag_offset", "l3.frag"];

function anyMatch(random: Random, field: Field): MatchInput {
  const operator = random.pick([...field.operators]);
  const value = random.bits(field.widthBits) & allOnes(Math.min(field.widthBits, 64));
  if (!isSetOperator(operator)) return { field: field.name, operator, value };
  return { field: field.name, operator, value: [range(random, field.name), valueOf(field, value)] };
}
