/**
 * Packets drawn from a filter's rules: inside of them, at their edges and outside.
 *
 * @module
 */

import type { ConcreteField, LayerName } from "../model/field.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import type { Filter } from "../model/filter.ts";
import { counterpartOf, type Match, type Range, type Ranges } from "../model/match.ts";
import { isNegative } from "../model/operator.ts";
import type { Rule } from "../model/rule.ts";
import { allOnes } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6, IPV6_EXTENSIONS, PORT_PROTOCOLS, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import type { Packet } from "../semantics/dissect.ts";
import { Random } from "./random.ts";

/** How {@link drawPackets} draws. */
export interface DrawOptions {
  /** How many packets. */
  readonly count: number;
  /** Other seeds give other packets; 1 unless given. */
  readonly seed?: number;
}

/**
 * Draws packets from the rules: of ten, four are meant to be inside of a rule picked at random, three at an edge of it
 * (the first or last value of a match, or one beyond), two satisfy all of its matches but one, and one has nothing to do
 * with any rule. Fields that the rule leaves open come from another rule now and then, and are random else. The same
 * filter, count and seed give the same packets; none is longer than 96 bytes or shorter than 60, as on a wire.
 *
 * Rules that contradict themselves, or ask for headers that exclude each other, give packets that miss them.
 */
export function drawPackets(filter: Filter, options: DrawOptions): Packet[] {
  const random = new Random(options.seed ?? 1);
  const { rules } = filter;
  return Array.from({ length: options.count }, () => {
    const draft = new Draft(random);
    const way = random.below(10);
    if (rules.length > 0 && way < 9) {
      const rule = random.pick(rules);
      const how = way < 4 ? "inside" : way < 7 ? "edge" : "outside";
      drawRule(draft, rule, how, random);
      // Headers that rules share by chance make a packet meet many of them half-way.
      if (random.oneIn(2)) drawRule(draft, random.pick(rules), "inside", random, true);
    }
    return { bytes: draft.encode() };
  });
}

type How = "inside" | "edge" | "outside";

/** Puts values for a rule's matches into a draft. `onlyOpen` leaves alone what is there already. */
function drawRule(draft: Draft, rule: Rule, how: How, random: Random, onlyOpen = false): void {
  const { matches } = rule;
  const odd = how === "inside" ? -1 : random.below(matches.length);
  matches.forEach((match, index) => {
    const { side, ranges, mask } = pickSide(match, random);
    if (onlyOpen && !draft.isOpen(side)) return;
    const value = index === odd
      ? how === "edge" ? edgeOf(side, ranges, mask, random) : random.bits(side.widthBits)
      : insideOf(match, side, ranges, mask, random);
    draft.set(side, value);
  });
}

/** One place that a match can look at, and the masked values that it is compared with. */
function pickSide(match: Match, random: Random): { side: ConcreteField; ranges: Ranges; mask: bigint } {
  const field = fieldNamed(match.field);
  const { operand } = match;
  const own = random.pick(sidesOf(field));
  const mask = operand.mask ?? allOnes(field.widthBits);
  switch (operand.kind) {
    case "value":
      return { side: own, ranges: rangesOf(match, operand.value & mask, mask), mask };
    case "set": {
      const others: Ranges = operand.ipv6Ranges ?? [];
      if (random.below(operand.ranges.length + others.length) < operand.ranges.length || others.length === 0) {
        return { side: own, ranges: operand.ranges, mask };
      }
      const counterpart = counterpartOf(field);
      return { side: random.pick(sidesOf(counterpart)), ranges: others, mask: allOnes(counterpart.widthBits) };
    }
    case "list":
      throw new RangeError(`Cannot draw packets for a match on "@${operand.file}": the list was not resolved`);
  }
}

/** The masked values of a comparison; of a negative one, those that it refuses. */
function rangesOf(match: Match, value: bigint, mask: bigint): Ranges {
  switch (match.operator) {
    case "<":
      return value === 0n ? [] : [{ lo: 0n, hi: value - 1n }];
    case "<=":
      return [{ lo: 0n, hi: value }];
    case ">":
      return value >= mask ? [] : [{ lo: value + 1n, hi: mask }];
    case ">=":
      return [{ lo: value, hi: mask }];
    default:
      return [{ lo: value, hi: value }];
  }
}

function insideOf(match: Match, side: ConcreteField, ranges: Ranges, mask: bigint, random: Random): bigint {
  const free = random.bits(side.widthBits);
  if (ranges.length === 0 || isNegative(match.operator)) return free;
  const { lo, hi } = ranges.at(random.below(ranges.length)) as Range;
  return (random.between(lo, hi) & mask) | (free & ~mask);
}

/** The first or last value of a range, or one beside it. */
function edgeOf(side: ConcreteField, ranges: Ranges, mask: bigint, random: Random): bigint {
  const free = random.bits(side.widthBits);
  if (ranges.length === 0) return free;
  const { lo, hi } = ranges.at(random.below(ranges.length)) as Range;
  // A prefix ends where the bits that it leaves out are all set.
  const open = allOnes(side.widthBits) ^ mask;
  const last = (open & (open + 1n)) === 0n ? hi | open : hi;
  const edge = random.pick([lo, last, lo - 1n, last + 1n]);
  return BigInt.asUintN(side.widthBits, edge);
}

/** A packet in the making: values of fields, and the headers that they ask for. */
class Draft {
  readonly #random: Random;
  readonly #values = new Map<ConcreteField, bigint>();
  readonly #layers = new Set<LayerName>();
  #family: "ipv4" | "ipv6" | undefined;
  #protocol: number | undefined;
  #type: number | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Whether no value was given yet that is about the same bits or excludes the field. */
  isOpen(field: ConcreteField): boolean {
    const family = familyOf(field);
    if (family !== undefined && this.#family !== undefined && family !== this.#family) return false;
    if (field.protocol !== undefined && this.#protocol !== undefined && field.protocol !== this.#protocol) return false;
    for (const { layer, offsetBits, widthBits } of this.#values.keys()) {
      const isApart = offsetBits + widthBits <= field.offsetBits || field.offsetBits + field.widthBits <= offsetBits;
      if (layer === field.layer && !isApart) return false;
    }
    return true;
  }

  set(field: ConcreteField, value: bigint): void {
    this.#values.set(field, value);
    this.#layers.add(field.layer);
    this.#family ??= familyOf(field);
    this.#protocol ??= field.protocol ?? protocolIn(field, value);
    const isType = field.layer === "ethertype" || field.name.endsWith(".etype");
    if (isType && !VLAN_TPIDS.includes(Number(value))) this.#type ??= Number(value);
  }

  /** The frame. */
  encode(): Uint8Array {
    const random = this.#random;
    const above = ["l4proto", "ah", "l4data", "ports"] as const;
    if (this.#family === undefined) {
      if (this.#type === ETH_P_IPV4) this.#family = "ipv4";
      else if (this.#type === ETH_P_IPV6) this.#family = "ipv6";
      else if (this.#type === undefined || above.some((layer) => this.#layers.has(layer))) {
        this.#family = random.oneIn(3) ? "ipv6" : "ipv4";
      }
    }
    const withAh = this.#layers.has("ah");
    const protocol = this.#protocol ?? (random.oneIn(8) ? random.below(256) : random.pick(PORT_PROTOCOLS.slice(0, 2)));
    const eth = this.#fill("eth", bytesOf(random, 14));
    eth[0] = (eth[0] as number) & 0xfe;
    const tags = this.#tags();
    const type = this.#family === "ipv4" ? ETH_P_IPV4 : this.#family === "ipv6" ? ETH_P_IPV6 : this.#type ?? 0x88b5;
    const upper = this.#fill("ports", this.#fill("l4data", bytesOf(random, 8)));
    const ah = withAh ? this.#fill("ah", Uint8Array.of(protocol, 1, ...bytesOf(random, 10))) : new Uint8Array();
    const payload = join([ah, upper]);
    const network = this.#network(withAh ? IPV6_EXTENSIONS.ah : protocol, payload.length);
    const types = [...tags.map((tag) => tag[0]! << 8 | tag[1]!), type];
    const head = [eth.subarray(0, 12)];
    types.forEach((one, index) => {
      head.push(Uint8Array.of(one >> 8, one & 0xff));
      const tag = tags[index];
      if (tag !== undefined) head.push(tag.subarray(2, 4));
    });
    const bytes = join(network === undefined ? [...head, bytesOf(random, 16)] : [...head, network, payload]);
    return bytes.length >= 60 ? bytes : join([bytes, new Uint8Array(60 - bytes.length)]);
  }

  /** TPID and TCI of each tag. */
  #tags(): Uint8Array[] {
    const count = this.#layers.has("cvlan") ? 2 : this.#layers.has("svlan") ? 1 : 0;
    return (["svlan", "cvlan"] as const).slice(0, count).map((layer) => {
      const tpid = this.#random.pick(VLAN_TPIDS.slice(0, 2));
      return this.#fill(layer, Uint8Array.of(tpid >> 8, tpid & 0xff, ...bytesOf(this.#random, 4)));
    });
  }

  #network(protocol: number, payloadBytes: number): Uint8Array | undefined {
    const random = this.#random;
    if (this.#family === "ipv4") {
      const header = bytesOf(random, 20);
      header.set([0x45, 0, 0, 20 + payloadBytes]);
      header.set([0, 0], 6);
      header[8] = 64;
      header[9] = protocol;
      return this.#fill("ipv4", header);
    }
    if (this.#family === "ipv6") {
      const header = bytesOf(random, 40);
      header.set([0x60, 0, 0, 0, 0, payloadBytes, protocol, 64]);
      return this.#fill("ipv6", header);
    }
    return undefined;
  }

  /** A header with the values that were set for its layer. */
  #fill(layer: LayerName, header: Uint8Array): Uint8Array {
    for (const [field, value] of this.#values) {
      if (field.layer === layer) writeBits(header, field.offsetBits, field.widthBits, value);
    }
    return header;
  }
}

function familyOf(field: ConcreteField): "ipv4" | "ipv6" | undefined {
  return field.layer === "ipv4" || field.layer === "ipv6" ? field.layer : field.family;
}

/** The protocol that a value says, when the field is about it. */
function protocolIn(field: ConcreteField, value: bigint): number | undefined {
  return PROTOCOL_FIELDS.includes(field.name) ? Number(value) : undefined;
}

const PROTOCOL_FIELDS: readonly string[] = ["ip.proto", "ipv6.nxt", "l4.proto", "ipv6.l4.proto"];

function writeBits(bytes: Uint8Array, offsetBits: number, widthBits: number, value: bigint): void {
  const endByte = (offsetBits + widthBits + 7) >> 3;
  let shifted = value << BigInt(endByte * 8 - offsetBits - widthBits);
  let mask = allOnes(widthBits) << BigInt(endByte * 8 - offsetBits - widthBits);
  for (let index = endByte - 1; mask > 0n; index--, shifted >>= 8n, mask >>= 8n) {
    const bits = Number(mask & 0xffn);
    bytes[index] = (bytes[index] as number) & ~bits | Number(shifted & 0xffn) & bits;
  }
}

function bytesOf(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.u32() >>> 24);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
