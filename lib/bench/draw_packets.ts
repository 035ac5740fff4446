/**
 * Packets drawn from a filter's rules: inside of them, at their edges and outside.
 *
 * @module
 */

import { buildFrame } from "../analysis/build_frame.ts";
import { atLeast, type Bytes, fillLayer, joinBytes } from "../analysis/frame_bits.ts";
import type { ConcreteField, LayerName } from "../model/field.ts";
import { fieldNamed, FIELDS, sidesOf } from "../model/fields.ts";
import type { Filter } from "../model/filter.ts";
import { layerOf } from "../model/layers.ts";
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
 * filter, count and seed give the same packets; none is shorter than 60 bytes, as on a wire, and none longer than 96, unless
 * a rule asks for the length or for bytes far behind.
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
    const protocols = field.protocol === undefined ? layerOf(field.layer).protocols : [field.protocol];
    if (protocols !== undefined && this.#protocol !== undefined && !protocols.includes(this.#protocol)) return false;
    const types = typesOf(field.layer);
    for (const { layer, offsetBits, widthBits } of this.#values.keys()) {
      if (typesOf(layer)?.some((type) => types?.includes(type) ?? true) === false) return false;
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
    return [...this.#values.keys()].some((field) => !isUsual(field)) ? this.#encodeUnusual() : this.#encodeUsual();
  }

  /** A frame with headers that few rules ask for: what the rules leave open of them is random where it says nothing else. */
  #encodeUnusual(): Uint8Array {
    const isIp = [...this.#layers].some((layer) => layerOf(layer).reach !== "frame");
    const family = this.#family ?? (this.#random.oneIn(3) ? "ipv6" : "ipv4");
    const open = FREE.filter((field) =>
      (field.layer === "eth" || this.#layers.has(field.layer) || isIp && field.layer === family) && this.isOpen(field)
    );
    const free = open.map((field) => [field, this.#random.bits(field.widthBits)] as const);
    return atLeast(buildFrame([...free, ...this.#values]), SHORTEST);
  }

  #encodeUsual(): Uint8Array {
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
    const payload = joinBytes(ah, upper);
    const network = this.#network(withAh ? IPV6_EXTENSIONS.ah : protocol, payload.length);
    const types = [...tags.map((tag) => tag[0]! << 8 | tag[1]!), type];
    const head = [eth.subarray(0, 12)];
    types.forEach((one, index) => {
      head.push(Uint8Array.of(one >> 8, one & 0xff));
      const tag = tags[index];
      if (tag !== undefined) head.push(tag.subarray(2, 4));
    });
    const bytes = joinBytes(...head, ...network === undefined ? [bytesOf(random, 16)] : [network, payload]);
    return atLeast(bytes, SHORTEST);
  }

  /** TPID and TCI of each tag. */
  #tags(): Bytes[] {
    const count = this.#layers.has("cvlan") ? 2 : this.#layers.has("svlan") ? 1 : 0;
    return (["svlan", "cvlan"] as const).slice(0, count).map((layer) => {
      const tpid = this.#random.pick(VLAN_TPIDS.slice(0, 2));
      return this.#fill(layer, Uint8Array.of(tpid >> 8, tpid & 0xff, ...bytesOf(this.#random, 4)));
    });
  }

  #network(protocol: number, payloadBytes: number): Bytes | undefined {
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
  #fill(layer: LayerName, header: Bytes): Bytes {
    return fillLayer(header, [...this.#values], layer);
  }
}

/** Bytes of the shortest frame on a wire, without its checksum. */
const SHORTEST = 60;

const USUAL: readonly LayerName[] = [
  "eth",
  "ethertype",
  "svlan",
  "cvlan",
  "ipv4",
  "ipv6",
  "l4proto",
  "ah",
  "l4data",
  "ports",
];

/** Whether the field is in a header that random bytes may surround. */
function isUsual({ layer, name, protocol }: ConcreteField): boolean {
  return USUAL.includes(layer) && name !== "l3.frag" && (protocol === undefined || PORT_PROTOCOLS.includes(protocol));
}

/** Fields that may have any value, and no other header or field is another for it. */
const FREE_NAMES: readonly string[] = [
  ...["eth.dst", "eth.src", "ip.id", "ip.ttl", "ip.src", "ip.dst", "ipv6.flow", "ipv6.hlim", "ipv6.src", "ipv6.dst"],
  ...["arp.opcode", "arp.src.hw_mac", "arp.src.proto_ipv4", "arp.dst.hw_mac", "arp.dst.proto_ipv4"],
  ...["mpls.label", "mpls.exp", "mpls.ttl", "pppoe.session_id", "cfm.md.level", "cfm.opcode"],
  ...["tcp.flags", "vxlan.vni", "geneve.vni", "gre.key", "gtp.teid", "gtp.qfi"],
];

const FREE = FIELDS.filter((field): field is ConcreteField =>
  field.kind === "concrete" && FREE_NAMES.includes(field.name)
);

/** The Ethernet types of the frames that may have the layer, when not any. */
function typesOf(layer: LayerName): readonly number[] | undefined {
  const { reach, types } = layerOf(layer);
  return types ?? (reach === "ip" ? [ETH_P_IPV4, ETH_P_IPV6] : undefined);
}

function familyOf(field: ConcreteField): "ipv4" | "ipv6" | undefined {
  return field.layer === "ipv4" || field.layer === "ipv6" ? field.layer : field.family;
}

/** The protocol that a value says, when the field is about it. */
function protocolIn(field: ConcreteField, value: bigint): number | undefined {
  return PROTOCOL_FIELDS.includes(field.name) ? Number(value) : undefined;
}

const PROTOCOL_FIELDS: readonly string[] = ["ip.proto", "ipv6.nxt", "l4.proto", "ipv6.l4.proto"];

function bytesOf(random: Random, length: number): Bytes {
  return Uint8Array.from({ length }, () => random.u32() >>> 24);
}
