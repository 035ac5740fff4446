/**
 * From rules to columns. Rules of plain comparisons, which most are, take a road without bigint arithmetic; all others go by
 * the normal form and rowsOfRule().
 *
 * @module
 */

import type { Field } from "../../model/field.ts";
import { fieldNamed, sidesOf } from "../../model/fields.ts";
import type { Filter } from "../../model/filter.ts";
import { counterpartOf, type Match, type Range } from "../../model/match.ts";
import { normalizeRule, type Term } from "../../model/normal_form.ts";
import { type Demand, demandOf, isDemandWithin, type Place, placeOf } from "../../model/places.ts";
import { type PresenceBits, presenceBitsOf, tooManyPresences } from "../../model/presence_bits.ts";
import type { Rule } from "../../model/rule.ts";
import { allOnes } from "../../net/bytes.ts";
import { derivedPlaces, isRefusal, type Refusal, type SetsPlan, type TuplePlan } from "../plan.ts";
import { isWholePlace, type RowCondition, rowsOfRule } from "../rows.ts";
import { deriveSets } from "../sets/derive.ts";
import type { RecentSets } from "../sets/recent.ts";
import { Columns } from "./columns.ts";
import { type KeyLayout, layOutKey, ones, type Piece } from "./layout.ts";
import { TUPLE_LIMITS } from "./limits.ts";

/** What the rules come to. */
export interface ReadRules {
  readonly demand: Demand;
  readonly layout: KeyLayout;
  readonly columns: Columns;
  /** The lookups of large sets. */
  readonly sets?: SetsPlan;
}

/** The rows of all rules that can decide; as the ones of a plan whose program is to take them, where that has the fields. */
export function readRules(
  filter: Filter,
  { like, recent }: { readonly like: TuplePlan | undefined; readonly recent: RecentSets | undefined },
): ReadRules | Refusal {
  const rules = filter.rules;
  if (rules.length > TUPLE_LIMITS.rules) {
    return { refused: "too-many-rules", what: `${rules.length} rules, ${TUPLE_LIMITS.rules} at most` };
  }
  const derivation = deriveSets(filter, { encoding: "bits", like: like?.sets, recent });
  if (isRefusal(derivation)) return derivation;
  const own = demandOfRules(rules);
  const compared = [...own.places.filter(derivation.comparesItself), ...derivedPlaces(derivation.plan)];
  const before =
    like !== undefined && isDemandWithin(own, like.demand) && compared.every((place) => like.layout.piecesOf.has(place))
      ? like
      : undefined;
  const demand = before?.demand ?? own;
  const refusal = tooManyPresences(demand, TUPLE_LIMITS.headers);
  if (refusal !== undefined) return refusal;
  const layout = before?.layout ?? layOutKey(demand, compared);
  if (layout.units > 2 * TUPLE_LIMITS.words) {
    const what = `${layout.units / 2} words of compared fields, ${TUPLE_LIMITS.words} at most`;
    return { refused: "too-many-words", what };
  }
  const columns = new Columns(layout, rules.length);
  before?.format.lanes.forEach((lane) => columns.laneOf(lane.place));
  const reader = new RuleReader(columns, presenceBitsOf(demand));
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index] as Rule;
    if (!reader.readPlain(index, rule)) {
      const refusal = reader.readAny(index, derivation.termsOf(rule));
      if (refusal !== undefined) return refusal;
    }
    if (columns.size > TUPLE_LIMITS.rows) {
      return { refused: "too-many-rows", what: `over ${TUPLE_LIMITS.rows} rows` };
    }
    // No rule behind one that always holds decides anything.
    if (rule.matches.length === 0) break;
  }
  return { demand, layout, columns, ...(derivation.plan !== undefined && { sets: derivation.plan }) };
}

/** The rows of one rule, as those of a plan; undefined when these have no room for what it compares. */
export function readRule(rule: Rule, { demand, layout, format, sets }: TuplePlan): Columns | undefined {
  const own = demandOfRules([rule]);
  if (!isDemandWithin(own, demand) || !own.places.every((place) => layout.piecesOf.has(place))) return undefined;
  // Which lookup has a set, all rules together say.
  if (sets !== undefined && rule.matches.some(({ operand }) => operand.kind === "set")) return undefined;
  const columns = new Columns(layout, 1);
  format.lanes.forEach((lane) => columns.laneOf(lane.place));
  const reader = new RuleReader(columns, presenceBitsOf(demand));
  if (!reader.readPlain(0, rule) && reader.readAny(0, normalizeRule(rule)) !== undefined) return undefined;
  return columns.lanes.length === format.lanes.length ? columns : undefined;
}

/** As demandOf(), by the fields alone. */
function demandOfRules(rules: readonly Rule[]): Demand {
  const fields = new Map<string, Field>();
  for (const rule of rules) {
    for (const { field, operand } of rule.matches) {
      if (!fields.has(field)) fields.set(field, fieldNamed(field));
      if (operand.kind === "set" && operand.ipv6Ranges !== undefined) {
        const other = counterpartOf(fieldNamed(field));
        fields.set(other.name, other);
      }
    }
    if (rule.matches.length === 0) break;
  }
  const sides = [...fields.values()].flatMap(sidesOf).map((field) => ({ field, mask: 0n, ranges: [] }));
  return demandOf([{ sides, negated: false }]);
}

/** A field of up to 32 bits at one place. */
interface PlainField {
  readonly place: Place;
  readonly needs: number;
  readonly unit: number;
  readonly unitBit: number;
  readonly all: number;
  /** The rule that compared it last. */
  lastRule: number;
}

class RuleReader {
  readonly #columns: Columns;
  readonly #bits: PresenceBits;
  readonly #plain = new Map<string, PlainField | undefined>();

  constructor(columns: Columns, bits: PresenceBits) {
    this.#columns = columns;
    this.#bits = bits;
  }

  /** Adds the row of a rule whose matches each compare another small place; false, and nothing added, for all others. */
  readPlain(index: number, rule: Rule): boolean {
    const columns = this.#columns;
    const { values, masks, layout } = columns;
    const row = columns.add(index);
    let needs = 0;
    for (const match of rule.matches) {
      const field = this.#plainField(match);
      if (field === undefined || field.lastRule === index) return this.#giveUp();
      field.lastRule = index;
      const { operand, operator } = match;
      const mask = operand.mask === undefined ? field.all : Number(operand.mask);
      let lo: number;
      let hi: number;
      if (operand.kind === "value") {
        if (operator !== "==" && operator !== "!=") return this.#giveUp();
        lo = Number(operand.value);
        const free = (mask ^ field.all) >>> 0;
        if (operator === "==") {
          needs |= field.needs;
          put(values, field, row, lo);
          put(masks, field, row, mask);
          continue;
        }
        // What is not in a prefix is from behind its end around to before its start.
        if ((free & (free + 1)) !== 0 || mask === 0) return this.#giveUp();
        hi = lo;
        lo = ((hi | free) + 1 & field.all) >>> 0;
        hi = (hi - 1 & field.all) >>> 0;
      } else {
        const isSet = operand.kind === "set" && operand.ipv6Ranges === undefined && operand.ranges.length === 1;
        const only = isSet ? operand.ranges.at(0) : undefined;
        if (operator !== "in" || mask !== field.all || only === undefined) return this.#giveUp();
        lo = Number(only.lo);
        hi = Number(only.hi);
      }
      needs |= field.needs;
      const shared = commonPrefix(lo, hi, field.all);
      put(values, field, row, lo & shared);
      put(masks, field, row, shared);
      const free = (shared ^ field.all) >>> 0;
      if (lo <= hi && (lo & free) === 0 && (~hi & free) === 0) continue;
      const lane = columns.laneOf(field.place);
      lane.lo[row] = lo;
      lane.span[row] = hi - lo & field.all;
    }
    putPiece(values, layout.presence, row, needs);
    putPiece(masks, layout.presence, row, needs);
    return true;
  }

  /** Adds the rows of any rule. */
  readAny(index: number, terms: readonly Term[]): Refusal | undefined {
    const limit = Math.min(TUPLE_LIMITS.rowsOfRule, TUPLE_LIMITS.rows - this.#columns.size);
    const rows = rowsOfRule(index, terms, { bits: this.#bits, limit });
    const refuse = (): Refusal => ({
      refused: "too-many-rows",
      what: `rule ${index} alone takes over ${limit} rows`,
    });
    if (rows === "too-many-rows") return refuse();
    let left = limit;
    for (const row of rows) {
      const choices = row.conditions.map((condition) => atomsOf(condition, left));
      const count = choices.reduce((product, atoms) => product * atoms.length, 1);
      if (count > left) return refuse();
      left -= count;
      this.#addProduct(index, row, choices);
    }
    return undefined;
  }

  #addProduct(rule: number, { needs, lacks }: { needs: number; lacks: number }, choices: readonly (readonly Atom[])[]) {
    const columns = this.#columns;
    const chosen = choices.map(() => 0);
    if (choices.some((atoms) => atoms.length === 0)) return;
    for (;;) {
      const row = columns.add(rule);
      putPiece(columns.values, columns.layout.presence, row, needs);
      putPiece(columns.masks, columns.layout.presence, row, needs | lacks);
      if (!choices.every((atoms, index) => this.#putAtom(row, atoms[chosen[index]!] as Atom))) {
        columns.removeLast();
      }
      let at = 0;
      while (at < choices.length && ++chosen[at]! === choices[at]?.length) chosen[at++] = 0;
      if (at === choices.length) return;
    }
  }

  /** Writes an atom into a row; false when what is there excludes it. */
  #putAtom(row: number, { place, value, mask, range }: Atom): boolean {
    const columns = this.#columns;
    const pieces = columns.layout.piecesOf.get(place) as readonly Piece[];
    for (const piece of pieces) {
      const bits = bitsOf(mask, piece);
      const wanted = bitsOf(value, piece);
      const values = columns.values[piece.unit]!;
      const masks = columns.masks[piece.unit]!;
      const known = masks[row]! >>> piece.unitBit & ones(piece.widthBits);
      const there = values[row]! >>> piece.unitBit & ones(piece.widthBits);
      if (((there ^ wanted) & known & bits) !== 0) return false;
      putPiece(columns.values, piece, row, wanted);
      putPiece(columns.masks, piece, row, bits);
    }
    if (range === undefined) return true;
    const lane = columns.laneOf(place);
    const span = range.hi - range.lo & allOnes(place.widthBits);
    for (let cell = 0; cell < lane.cells; cell++) {
      lane.lo[lane.cells * row + cell] = Number(range.lo >> BigInt(32 * cell) & 0xffff_ffffn);
      lane.span[lane.cells * row + cell] = Number(span >> BigInt(32 * cell) & 0xffff_ffffn);
    }
    return true;
  }

  #giveUp(): false {
    this.#columns.removeLast();
    return false;
  }

  #plainField({ field }: Match): PlainField | undefined {
    const known = this.#plain.get(field);
    if (known !== undefined || this.#plain.has(field)) return known;
    const row = fieldNamed(field);
    let plain: PlainField | undefined;
    // A place whose sets are all looked up is not in the key.
    const pieces = row.kind === "concrete" && row.widthBits <= 32
      ? this.#columns.layout.piecesOf.get(placeOf(row))
      : undefined;
    const piece = pieces?.[0];
    if (row.kind === "concrete" && piece !== undefined) {
      const place = placeOf(row);
      const { unit, unitBit } = piece;
      plain = { place, needs: this.#bits.maskOf(row), unit, unitBit, all: ones(row.widthBits), lastRule: -1 };
    }
    this.#plain.set(field, plain);
    return plain;
  }
}

/** One way in which a condition holds: bits of the place, and where these do not say it all a range, which may wrap. */
interface Atom {
  readonly place: Place;
  readonly value: bigint;
  readonly mask: bigint;
  readonly range?: Range;
}

/** The ways in which a condition holds; more than `limit` of them are not all there. */
function atomsOf(condition: RowCondition, limit: number): Atom[] {
  const { place, mask, ranges } = condition;
  const all = allOnes(place.widthBits);
  if (!isWholePlace(condition)) return ranges.flatMap((range) => cubesOf(place, mask, range, limit));
  const first = ranges.at(0)!;
  const last = ranges.at(-1) as Range;
  const wraps = ranges.length > 1 && first.lo === 0n && last.hi === all;
  const atoms = (wraps ? [...ranges].slice(1, -1) : ranges).map(({ lo, hi }): Atom => {
    const free = allOnes((lo ^ hi).toString(2).length) * (lo === hi ? 0n : 1n);
    const shared = { place, value: lo & ~free, mask: all ^ free };
    return (lo & free) === 0n && (hi & free) === free ? shared : { ...shared, range: { lo, hi } };
  });
  return wraps ? [...atoms, { place, value: 0n, mask: 0n, range: { lo: last.lo, hi: first.hi } }] : atoms;
}

/** Masked values from one to another, as values under masks that leave more and more of the mask's low bits out. */
function cubesOf(place: Place, mask: bigint, { lo, hi }: Range, limit: number): Atom[] {
  const positions: bigint[] = [];
  for (let bit = 0n; bit < BigInt(place.widthBits); bit++) if ((mask >> bit & 1n) === 1n) positions.push(1n << bit);
  // The bits under the mask, pushed together: a range of masked values is then a range of integers.
  const unpack = (packed: bigint) =>
    positions.reduce((value, bit, index) => (packed >> BigInt(index) & 1n) === 0n ? value : value | bit, 0n);
  // The largest one that is not above a value, which need not be masked.
  const packUpTo = (value: bigint) =>
    positions.reduceRight((packed, _, index) => {
      const more = packed | 1n << BigInt(index);
      return unpack(more) <= value ? more : packed;
    }, 0n);
  const atoms: Atom[] = [];
  const last = packUpTo(hi);
  for (let next = lo === 0n ? 0n : packUpTo(lo - 1n) + 1n; next <= last && atoms.length <= limit;) {
    let size = 1n;
    while (size < 1n << BigInt(positions.length) && (next & size) === 0n && next + 2n * size - 1n <= last) size *= 2n;
    atoms.push({ place, value: unpack(next), mask: mask ^ unpack(size - 1n) });
    next += size;
  }
  return atoms;
}

/** The mask of the bits that both ends share, from the top. */
function commonPrefix(lo: number, hi: number, all: number): number {
  if (lo > hi) return 0;
  const differ = Math.clz32(lo ^ hi);
  return differ === 32 ? all : differ === 0 ? 0 : (all & ~ones(32 - differ)) >>> 0;
}

function bitsOf(value: bigint, piece: Piece): number {
  return Number(value >> BigInt(piece.fromBit) & BigInt(ones(piece.widthBits)));
}

function put(columns: readonly Uint32Array[], field: PlainField, row: number, bits: number): void {
  const column = columns[field.unit]!;
  column[row] = column[row]! | bits << field.unitBit;
}

function putPiece(columns: readonly Uint32Array[], piece: Piece, row: number, bits: number): void {
  const column = columns[piece.unit]!;
  column[row] = column[row]! | bits << piece.unitBit;
}
