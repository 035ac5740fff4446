/**
 * Rows: what the strategies that keep rules in tables start from. A row is a conjunction: what the packet must have and
 * must lack, and for some places a set of values. A rule is one row or several, of which one must hold.
 *
 * @module
 */

import { allOnes } from "../net/bytes.ts";
import { complementRanges, intersectRanges, joinRanges, type Ranges } from "../model/match.ts";
import { isEverything, type Side, type Term } from "../model/normal_form.ts";
import { type Place, placeOfSide } from "../model/places.ts";
import type { PresenceBits } from "../model/presence_bits.ts";

/** The masked values of a place that a row accepts. */
export interface RowCondition {
  readonly place: Place;
  /** Bits that count; all of them but for masks that are no prefix. */
  readonly mask: bigint;
  /** Ascending, not touching; not empty, and not everything. */
  readonly ranges: Ranges;
}

/** A conjunction. */
export interface Row {
  /** Index of the rule. */
  readonly rule: number;
  /** Bits of what the packet must have; see PresenceBits. */
  readonly needs: number;
  /** Bits of what it must not have. */
  readonly lacks: number;
  /** At most one for each place and mask. */
  readonly conditions: readonly RowCondition[];
}

/** Why a rule does not become rows. */
export type RowRefusal = "too-many-rows";

/** What rows are made with. */
export interface RowOptions {
  /** How the bits of what a packet must have are numbered. */
  readonly bits: PresenceBits;
  /** Rows at most. */
  readonly limit: number;
}

/** The rows of a rule; or why there are none: more than the limit. */
export function rowsOfRule(
  rule: number,
  terms: readonly Term[],
  { bits, limit }: RowOptions,
): readonly Row[] | RowRefusal {
  let rows: Row[] = [{ rule, needs: 0, lacks: 0, conditions: [] }];
  for (const term of terms) {
    const choices = term.negated ? negatedChoices(term.sides, bits) : positiveChoices(term.sides, bits);
    if (rows.length * choices.length > limit) return "too-many-rows";
    const only = choices[0];
    rows = choices.length === 1 && only !== undefined
      ? rows.flatMap((row) => both(row, only) ?? [])
      : rows.flatMap((row) => choices.flatMap((choice) => both(row, choice) ?? []));
  }
  return rows;
}

type Choice = Omit<Row, "rule">;

function positiveChoices(sides: readonly Side[], bits: PresenceBits): readonly Choice[] {
  return sides.filter((side) => side.ranges.length > 0).map((side) => ({
    needs: bits.maskOf(side.field),
    lacks: 0,
    conditions: isEverything(side) ? [] : [{ place: placeOfSide(side), mask: side.mask, ranges: side.ranges }],
  }));
}

/** For each way in which some of the sides can be there: those outside their ranges, the others absent. */
function negatedChoices(sides: readonly Side[], bits: PresenceBits): readonly Choice[] {
  const groups = new Map<number, Side[]>();
  for (const side of sides) {
    const needs = bits.maskOf(side.field);
    groups.set(needs, [...groups.get(needs) ?? [], side]);
  }
  const all = [...groups];
  const choices: Choice[] = [];
  for (let present = 1; present < 1 << all.length; present++) {
    const there = all.filter((_, index) => (present >> index & 1) === 1);
    const needs = there.reduce((all, [group]) => all | group, 0);
    if (bits.families !== 0 && (needs & bits.families) === bits.families) continue;
    const absent = all.filter((_, index) => (present >> index & 1) === 0).map(([group]) => group & ~needs);
    const outside = there.flatMap(([, group]) => group).map((side) => ({
      place: placeOfSide(side),
      mask: side.mask,
      ranges: complementRanges(side.ranges, side.mask),
    }));
    if (outside.some((condition) => condition.ranges.length === 0)) continue;
    const whole = outside.filter(({ ranges, mask }) => {
      const first = ranges.at(0);
      return first?.lo !== 0n || first.hi < mask;
    });
    for (const lacks of waysToLack(absent)) choices.push({ needs, lacks, conditions: whole });
  }
  return choices;
}

/** The bits to lack so that none of the groups is there: a group lacks one of its bits, whichever. */
function waysToLack(groups: readonly number[]): readonly number[] {
  let ways = [0];
  for (const group of groups) {
    const bits = Array.from({ length: 32 }, (_, bit) => 1 << bit).filter((bit) => (group & bit) !== 0);
    const longer = ways.flatMap((way) => (way & group) !== 0 ? [way] : bits.map((bit) => way | bit));
    ways = [...new Set(longer)].filter((way, _, all) => !all.some((less) => less !== way && (less & way) === less));
  }
  return ways;
}

/** A row that asks for both; undefined when they exclude each other. */
function both(row: Row, choice: Choice): Row | undefined {
  const needs = row.needs | choice.needs;
  const lacks = row.lacks | choice.lacks;
  if ((needs & lacks) !== 0) return undefined;
  const conditions = [...row.conditions];
  for (const added of choice.conditions) {
    const index = conditions.findIndex((one) => one.place === added.place && one.mask === added.mask);
    const same = conditions[index];
    if (same === undefined) {
      conditions.push(added);
      continue;
    }
    const ranges = intersectRanges(same.ranges, added.ranges);
    if (ranges.length === 0) return undefined;
    conditions[index] = { ...same, ranges: joinRanges(ranges) };
  }
  return { rule: row.rule, needs, lacks, conditions };
}

/** Whether a condition compares the whole place: its mask is all of it. */
export function isWholePlace(condition: RowCondition): boolean {
  return condition.mask === allOnes(condition.place.widthBits);
}
