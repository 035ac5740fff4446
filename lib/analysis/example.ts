/**
 * The packet that shows what a warning is about: one that a reader of the rule expects something else for.
 *
 * @module
 */

import { createFilter, type FilterInput } from "../model/filter.ts";
import type { ConcreteField } from "../model/field.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import type { Lint } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import { describePacket } from "./describe_packet.ts";
import { findDifference, findPacket, type FoundPacket, holds } from "./find_packet.ts";

/** A packet that surprises. */
export interface Example {
  /** The frame from its Ethernet header on, in packet order. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** It in one line, such as `IPv4 TCP 10.1.0.0:0 > 0.0.0.0:80`. */
  readonly description: string;
  /** Index of the rule that one expects to hold, or null: the rule that the warning is about should not. */
  readonly expected: number | null;
  /** Index of the rule that holds, or null: the rule that the warning is about does not. */
  readonly found: number | null;
}

/** Codes of checkFilter() for rules whose packets earlier ones take. */
const NEVER_ASKED: readonly string[] = ["duplicate-rule", "shadowed-rule"];

/**
 * The packet that shows what a warning of a parser or of {@link checkFilter} about a rule of the filter means; undefined when
 * the warning has nothing to show, or no packet was found.
 *
 * @example A mask of ethtool the wrong way round
 * ```ts
 * import { exampleOf, parseFilter } from "../../mod.ts";
 *
 * const { filter, warnings } = parseFilter("flow-type tcp4 src-ip 10.0.0.0 m 255.0.0.0 action -1");
 * const [example] = warnings.map((warning) => exampleOf(warning, filter));
 * console.log(example?.description); // IPv4 TCP 10.0.0.1:0 > 198.51.100.2:0
 * console.log(example?.expected, example?.found); // 0 null
 * ```
 */
export function exampleOf(warning: Lint, input: FilterInput): Example | undefined {
  const filter = createFilter(input);
  const index = warning.rule;
  const rule = index === undefined ? undefined : filter.at(index);
  if (index === undefined || rule === undefined || rule.matches.some(({ operand }) => operand.kind === "list")) {
    return undefined;
  }
  if (NEVER_ASKED.includes(warning.code)) {
    const packet = findPacket(rule.matches);
    const before = packet && filter.rules.findIndex(({ matches }) => holds(matches, packet));
    return packet && before !== index ? exampleFrom(packet, index, before ?? null) : undefined;
  }
  if (warning.code === "independent-any") {
    const packet = findApart(rule);
    return packet && exampleFrom(packet, null, index);
  }
  if (warning.code === "never-holds") {
    const packet = findNearly(rule);
    return packet && exampleFrom(packet, index, null);
  }
  if (warning.reading === null) {
    const packet = findPacket(rule.matches);
    return packet && exampleFrom(packet, null, index);
  }
  if (warning.reading === undefined) return undefined;
  const { field } = warning.reading;
  const [asWritten, others] = [true, false].map((is) => rule.matches.filter((match) => (match.field === field) === is));
  const packet = findDifference(others as Match[], asWritten as Match[], [warning.reading]);
  if (packet === undefined) return undefined;
  return holds(rule.matches, packet) ? exampleFrom(packet, null, index) : exampleFrom(packet, index, null);
}

/** A packet that the rule holds for, as no rule about one side alone does. */
function findApart({ matches }: Rule): FoundPacket | undefined {
  const isAny = ({ field }: Match) => fieldNamed(field).kind === "any";
  const onSides = (sideOf: (nth: number) => number) => {
    let nth = 0;
    return matches.map((match) => isAny(match) ? onSide(match, sideOf(nth++)) : match);
  };
  const alone = [onSides(() => 0), onSides(() => 1)];
  for (const sides of [onSides((nth) => nth % 2), onSides((nth) => (nth + 1) % 2)]) {
    const packet = findPacket(sides);
    if (packet !== undefined && holds(matches, packet) && !alone.some((one) => holds(one, packet))) return packet;
  }
  return undefined;
}

function onSide({ field, operator, operand }: Match, which: number): Match {
  const sides = sidesOf(fieldNamed(field));
  return freezeMatch(sides[which % sides.length] as ConcreteField, operator, operand);
}

/** A packet that the rule holds for but for one of its matches. */
function findNearly({ matches }: Rule): FoundPacket | undefined {
  for (let left = matches.length - 1; left >= 0; left--) {
    const packet = findPacket(matches.toSpliced(left, 1));
    if (packet !== undefined) return packet;
  }
  for (const match of matches) {
    const packet = findPacket([match]);
    if (packet !== undefined) return packet;
  }
  return undefined;
}

function exampleFrom({ bytes, dissection }: FoundPacket, expected: number | null, found: number | null): Example {
  return Object.freeze({ bytes, description: describePacket(dissection), expected, found });
}
