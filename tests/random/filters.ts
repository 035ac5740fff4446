/**
 * Random filters, drawn from FIELDS, whose values are mostly those of the packets that they meet.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { allOnes, bigintToBytes } from "../../lib/net/bytes.ts";
import type { Field } from "../../lib/model/field.ts";
import { bytesForType, fieldNamed, FIELDS, sidesOf } from "../../lib/model/fields.ts";
import { layerOf } from "../../lib/model/layers.ts";
import { Filter } from "../../lib/model/filter.ts";
import { createMatch, type Match, type MatchInput, type ValueInput } from "../../lib/model/match.ts";
import { isSetOperator, type Operator } from "../../lib/model/operator.ts";
import { dissect, type Dissection, type Packet } from "../../lib/semantics/dissect.ts";
import { Random } from "../../lib/bench/random.ts";
import { readField } from "../../lib/semantics/evaluate.ts";

/** Fields of families: slices of every start, near ones and far ones, and entries of the label stack. */
const OF_FAMILIES: readonly Field[] = [
  ...[
    "l3[0:2]",
    "l3[6:4]",
    "ip[0:1]",
    "ip[8:2]",
    "ipv6[0:4]",
    "ipv6[24:16]",
    "l4[0:2]",
    "l4[2:3]",
    "l4[8:8]",
    "l4[12:16]",
  ],
  ...["tcp[13:1]", "tcp[4:4]", "udp[4:2]", "udp[8:7]", "sctp[4:4]", "icmp[1:1]", "icmpv6[4:12]", "payload[0:1]"],
  ...["payload[0:8]", "payload[4:4]", "payload[100:2]"],
  ...["geneve[0:8]", "geneve[4:3]", "geneve[8:4]", "geneve[10:1]", "geneve[12:7]", "geneve[20:16]"],
  ...["mpls[2].label", "mpls[2].bottom", "mpls[3].exp", "mpls[5].ttl", "mpls[7].label", "mpls[7].ttl"],
].map(fieldNamed);

/** What filters are drawn from. */
const DRAWN: readonly Field[] = [...FIELDS, ...OF_FAMILIES];

/**
 * Filters for packets. Two rules in three are about one of them, so that rules of several matches hold too; the last ones
 * ask only whether a packet has some field, which shows where dissection ended.
 */
export function arbFilter(packets: readonly Packet[]): fc.Arbitrary<Filter> {
  const dissections = packets.map((packet) => dissect(packet));
  const known = new Map(DRAWN.map((field) => [field.name, valuesOf(field, dissections)]));
  const action = fc.constantFrom("pass" as const, "drop" as const);
  const anywhere = arbMatches(DRAWN, (field) => known.get(field.name) ?? []);
  const matches = packets.length === 0 ? anywhere : fc.oneof(
    { weight: 1, arbitrary: anywhere },
    { weight: 2, arbitrary: fc.constantFrom(...dissections).chain(arbMatchesAbout) },
  );
  const rules = fc.array(fc.record({ matches, action }), { minLength: 1, maxLength: 8, size: "max" });
  const presence = arbField(DRAWN).map(({ name }) => [createMatch({ field: name, operator: ">=", value: 0 })]);
  const last = fc.array(fc.record({ matches: presence, action }), { minLength: 0, maxLength: 4, size: "max" });
  return fc.record({ rules, last, defaultAction: action })
    .map(({ rules, last, defaultAction }) => new Filter({ rules: [...rules, ...last], defaultAction }));
}

/** Any of the fields, those that need the most dissection more often. */
function arbField(fields: readonly Field[]): fc.Arbitrary<Field> {
  const deep = fields.filter((field) => sidesOf(field).some(({ layer }) => layerOf(layer).reach === "ip"));
  const any = fc.constantFrom(...fields);
  return deep.length === 0 ? any : fc.oneof(any, fc.constantFrom(...deep));
}

/** Matches that hold for a packet more often than not. */
function arbMatchesAbout(packet: Dissection): fc.Arbitrary<Match[]> {
  const present = DRAWN.filter((field) => valuesOf(field, [packet]).length > 0);
  return arbMatches(present.length === 0 ? DRAWN : present, (field) => valuesOf(field, [packet]));
}

function arbMatches(fields: readonly Field[], valuesFor: (field: Field) => readonly bigint[]): fc.Arbitrary<Match[]> {
  const match = arbField(fields).chain((field) => arbMatch(field, valuesFor));
  return fc.oneof(
    { weight: 6, arbitrary: fc.array(match, { minLength: 1, maxLength: 1 }) },
    { weight: 6, arbitrary: fc.array(match, { minLength: 2, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(match, { minLength: 0, maxLength: 8 }) },
  );
}

/** A match on a field, near the values given. */
export function arbMatch(field: Field, valuesFor: (field: Field) => readonly bigint[]): fc.Arbitrary<Match> {
  const mask = fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: arbMask(field.widthBits) },
  );
  return fc.tuple(fc.constantFrom(...field.operators), mask).chain(([operator, bits]) =>
    arbOperand(field, operator, bits, valuesFor).map((value) =>
      createMatch({ field: field.name, operator, value, ...(bits !== undefined && { mask: bits }) })
    )
  );
}

function arbOperand(
  field: Field,
  operator: Operator,
  mask: bigint | undefined,
  valuesFor: (field: Field) => readonly bigint[],
): fc.Arbitrary<MatchInput["value"]> {
  const own = arbValue(field, valuesFor(field));
  if (!isSetOperator(operator)) return own;
  const entries: fc.Arbitrary<Entry>[] = [arbEntry(field, own)];
  const many = [arbMany(field, valuesFor(field))];
  if (field.counterpart !== undefined && mask === undefined) {
    const other = fieldNamed(field.counterpart);
    entries.push(arbEntry(other, arbValue(other, valuesFor(other))));
    many.push(arbMany(other, valuesFor(other)));
  }
  const sets = fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.oneof(...entries), { minLength: 1, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(...entries), { minLength: 0, maxLength: 30 }) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.array(fc.oneof(...entries), { maxLength: 5 }), ...many).map((all) => all.flat()),
    },
  );
  return sets;
}

type Entry = ValueInput | { lo: ValueInput; hi: ValueInput };

/** A value, a range, or a prefix as the range that it is. Addresses are bytes: those of the other family are known so. */
function arbEntry(field: Field, value: fc.Arbitrary<bigint>): fc.Arbitrary<Entry> {
  const give = (one: bigint): ValueInput => bigintToBytes(one, bytesForType(field.name));
  const ordered = (a: bigint, b: bigint): Entry => a <= b ? { lo: give(a), hi: give(b) } : { lo: give(b), hi: give(a) };
  const all = allOnes(field.widthBits);
  return fc.oneof(
    { weight: 3, arbitrary: value.map(give) },
    { weight: 2, arbitrary: fc.tuple(value, value).map(([a, b]) => ordered(a, b)) },
    {
      weight: 2,
      arbitrary: fc.tuple(value, fc.bigInt({ min: 0n, max: 5n })).map(([lo, more]) =>
        ordered(lo, lo + more > all ? all : lo + more)
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(value, fc.integer({ min: 0, max: field.widthBits })).map(([one, host]) => {
        const rest = allOnes(host);
        return ordered(one & (all ^ rest), one | rest);
      }),
    },
  );
}

/** So many entries that strategies look them up: a third near the values of the packets, the others anywhere. */
function arbMany(field: Field, values: readonly bigint[]): fc.Arbitrary<Entry[]> {
  const all = allOnes(field.widthBits);
  const give = (one: bigint): ValueInput => bigintToBytes(one, bytesForType(field.name));
  return fc.tuple(fc.nat(), fc.constantFrom(0, 20, 50, 600)).map(([seed, count]) => {
    const random = new Random(seed);
    return Array.from({ length: count }, (): Entry => {
      const near = values.length > 0 && random.oneIn(3);
      const lo = near
        ? random.pick(values) ^ random.bits(random.below(field.widthBits + 1))
        : random.bits(field.widthBits);
      const hi = random.oneIn(2) ? lo : lo + random.bits(1 + random.below(Math.min(8, field.widthBits)));
      return { lo: give(lo), hi: give(hi > all ? all : hi) };
    });
  });
}

/** Mostly a value of the packets or one beside it; now and then an end, or anything. */
function arbValue(field: Field, values: readonly bigint[]): fc.Arbitrary<bigint> {
  const all = allOnes(field.widthBits);
  const any = fc.oneof(fc.constantFrom(0n, 1n, all, all - 1n), fc.bigInt({ min: 0n, max: all }));
  if (values.length === 0) return any;
  const near = fc.tuple(fc.constantFrom(...values), fc.constantFrom(0n, 0n, 0n, 1n, -1n)).map(([value, step]) => {
    const moved = value + step;
    return moved < 0n || moved > all ? value : moved;
  });
  return fc.oneof({ weight: 5, arbitrary: near }, { weight: 1, arbitrary: any });
}

/** Prefixes of any length, none and all of the bits, and masks with holes. */
function arbMask(widthBits: number): fc.Arbitrary<bigint> {
  const all = allOnes(widthBits);
  return fc.oneof(
    fc.integer({ min: 0, max: widthBits }).map((host) => all ^ allOnes(host)),
    fc.integer({ min: 0, max: widthBits }).map(allOnes),
    fc.bigInt({ min: 0n, max: all }),
  );
}

/** The values of a field in packets, each once. */
export function valuesOf(field: Field, packets: readonly Dissection[]): bigint[] {
  const values = packets.flatMap((packet) => sidesOf(field).map((side) => readField(side, packet)));
  return [...new Set(values)].filter((value) => value !== undefined);
}
