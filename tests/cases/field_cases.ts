/**
 * What a case file says about one field: packets, matches, and by hand whether each holds.
 *
 * Nothing here asks lib what to expect. The words that stand for several cases ({@link Around}, {@link Within},
 * `present`, `absent`) have their truth tables written out below, once.
 *
 * @module
 */

import type { HookName } from "../../lib/model/hooks.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import type { Operator } from "../../lib/model/operator.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";

/** Packets by what is said of them. */
export type Packets = Readonly<Record<string, Packet>>;

/** A value, or a value and the mask of both sides. */
export type CaseValue = MatchInput["value"] | Masked;

/** A value with a mask that its text does not say. */
export interface Masked {
  readonly of: MatchInput["value"];
  readonly mask: NonNullable<MatchInput["mask"]>;
}

/** A match on the field, and whether it holds on each packet of its table. */
export type Row = readonly [operator: Operator, value: CaseValue, holds: readonly boolean[]];

/** Matches against packets. */
export interface TruthTable {
  readonly packets: Packets;
  readonly rows: readonly Row[];
}

/** Packets whose field is one below a value, the value, and one above: every operator on that value. */
export interface Around {
  readonly value: CaseValue & (string | number | bigint);
  readonly below?: Packet;
  readonly equal: Packet;
  readonly above?: Packet;
}

/** Packets just outside and just inside of a range: `in` and `not in`. */
export interface Within {
  /** The range as a set has it: `lo..hi`, a prefix. */
  readonly range: string;
  readonly below?: Packet;
  readonly first: Packet;
  readonly last: Packet;
  readonly above?: Packet;
}

/** Packets whose field has that value, wherever it is. */
export interface Present {
  readonly value: string | number | bigint;
  readonly packets: Packets;
}

/** All cases of one field. */
export interface FieldCases {
  /** Name of the row of FIELDS. */
  readonly field: string;
  /** Largest value of the field: all ones. */
  readonly largest: bigint;
  readonly around: readonly Around[];
  readonly within: readonly Within[];
  readonly present: readonly Present[];
  /** Packets that have no such field: nothing holds, whatever the operator. */
  readonly absent: Packets;
  readonly tables?: readonly TruthTable[];
  /** Rules of several matches. */
  readonly rules?: readonly FieldCase[];
}

/** One packet under one rule that drops, where the default is to pass. */
export interface FieldCase {
  readonly name: string;
  readonly matches: readonly MatchInput[];
  readonly packet: Packet;
  /** Where it can be tried; every hook unless given. A tag in metadata is there at TC only, without being told. */
  readonly hooks?: readonly HookName[];
  readonly holds: boolean;
}

const EVERYWHERE: readonly HookName[] = ["xdp", "tc-ingress", "tc-egress"];
const AT_TC: readonly HookName[] = ["tc-ingress", "tc-egress"];

/** Where a case can be tried. */
export function hooksOf(one: FieldCase): readonly HookName[] {
  return one.hooks ?? (one.packet.vlanTag === undefined ? EVERYWHERE : AT_TC);
}

/** Every case of a field, one by one. */
export function casesOf(cases: FieldCases): FieldCase[] {
  const tables = [
    ...cases.around.map(aroundTable),
    ...cases.within.map(withinTable),
    ...cases.present.map(presentTable),
    absentTable(cases),
    ...cases.tables ?? [],
  ];
  return [...tables.flatMap((table) => tableCases(cases.field, table)), ...cases.rules ?? []];
}

function aroundTable({ value, below, equal, above }: Around): TruthTable {
  const packets = { "one below": below, "the same": equal, "one above": above };
  return among(packets, [
    ["==", value, [false, true, false]],
    ["!=", value, [true, false, true]],
    ["<", value, [true, false, false]],
    ["<=", value, [true, true, false]],
    [">", value, [false, false, true]],
    [">=", value, [false, true, true]],
    ["in", [value], [false, true, false]],
    ["not in", [value], [true, false, true]],
  ]);
}

function withinTable({ range, below, first, last, above }: Within): TruthTable {
  const packets = { "one below": below, "the first": first, "the last": last, "one above": above };
  return among(packets, [
    ["in", [range], [false, true, true, false]],
    ["not in", [range], [true, false, false, true]],
  ]);
}

function presentTable({ value, packets }: Present): TruthTable {
  const all = (holds: boolean) => Object.keys(packets).map(() => holds);
  return {
    packets,
    rows: [
      ["==", value, all(true)],
      ["!=", value, all(false)],
      ["in", [value], all(true)],
      ["not in", [value], all(false)],
    ],
  };
}

/** Each match holds for nearly every value that the field could be misread as, zero and all ones among them. */
function absentTable({ absent, largest }: FieldCases): TruthTable {
  const none = Object.keys(absent).map(() => false);
  return {
    packets: absent,
    rows: [
      ["==", { of: 0n, mask: 0n }, none],
      ["!=", largest, none],
      ["<", largest, none],
      ["<=", largest, none],
      [">", 0n, none],
      [">=", 0n, none],
      ["in", [{ lo: 0n, hi: largest }], none],
      ["not in", [largest], none],
    ],
  };
}

/** The table without the columns that have no packet. */
function among(packets: Readonly<Record<string, Packet | undefined>>, rows: readonly Row[]): TruthTable {
  const columns = Object.values(packets);
  return {
    packets: Object.fromEntries(
      Object.entries(packets).flatMap(([name, one]) => one === undefined ? [] : [[name, one]]),
    ),
    rows: rows.map(([operator, value, holds]) => [operator, value, holds.filter((_, index) => columns[index])]),
  };
}

function tableCases(field: string, { packets, rows }: TruthTable): FieldCase[] {
  const columns = Object.entries(packets);
  const numbered = columns.find(([name]) => /^\d+$/.test(name));
  // JavaScript would move such a key to the front, away from its column.
  if (numbered !== undefined) throw new RangeError(`Cannot name a packet "${numbered[0]}": names start with a word`);
  return rows.flatMap(([operator, value, holds]) => {
    const match = matchOf(field, operator, value);
    if (holds.length !== columns.length) {
      throw new RangeError(
        `Cannot read the row "${describeMatch(match)}": ${holds.length} for ${columns.length} packets`,
      );
    }
    return columns.map(([name, packet], index) => ({
      name: `${describeMatch(match)}: ${name}`,
      matches: [match],
      packet,
      holds: holds[index] === true,
    }));
  });
}

function matchOf(field: string, operator: Operator, value: CaseValue): MatchInput {
  const masked = typeof value === "object" && "of" in value && "mask" in value;
  return masked ? { field, operator, value: value.of, mask: value.mask } : { field, operator, value };
}

/** The match in one line, for a test's message. */
export function describeMatch({ field, operator, value, mask }: MatchInput): string {
  const text = (one: unknown): string =>
    Array.isArray(one)
      ? `{${one.map(text).join(", ")}}`
      : one instanceof Uint8Array
      ? `0x${one.toHex()}`
      : typeof one === "object" && one !== null && "lo" in one && "hi" in one
      ? `${text(one.lo)}..${text(one.hi)}`
      : typeof one === "bigint"
      ? `0x${one.toString(16)}`
      : String(one);
  return `${field} ${operator ?? "=="} ${text(value)}${mask === undefined ? "" : ` / ${text(mask)}`}`;
}
