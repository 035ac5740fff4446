/**
 * A linear scan of a filter's rules that is fast enough for 100 000 of them: the judge of what is measured. It shares
 * dissection with the reference evaluator and nothing with the strategies; a test compares it with the evaluator.
 *
 * @module
 */

import { allOnes } from "../net/bytes.ts";
import type { ConcreteField } from "../model/field.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import type { Filter } from "../model/filter.ts";
import { counterpartOf, type Match, type Range, type Ranges } from "../model/match.ts";
import { isNegative } from "../model/operator.ts";
import { dissect, type Dissection, type Packet } from "../semantics/dissect.ts";
import { matchHolds, readField, type Verdict } from "../semantics/evaluate.ts";

/** Gives the verdicts of a filter, the same as `evaluate()`. */
export class Scan {
  readonly #filter: Filter;
  readonly #conditions: readonly Condition[];
  /** Where the conditions of each rule begin in `#needed`, and after the last one its end. */
  readonly #starts: Uint32Array;
  readonly #needed: Uint32Array;

  /** Gets a filter ready: equal matches are looked at once a packet. */
  constructor(filter: Filter) {
    this.#filter = filter;
    const conditions: Condition[] = [];
    const known = new Map<Match, number>();
    const alike = new Map<string, number>();
    const needed: number[] = [];
    const starts = new Uint32Array(filter.size + 1);
    let index = 0;
    for (const { matches } of filter) {
      for (const match of matches) {
        let id = known.get(match);
        if (id === undefined) {
          const key = keyOf(match);
          id = (key === undefined ? undefined : alike.get(key)) ?? conditions.push(conditionOf(match)) - 1;
          if (key !== undefined) alike.set(key, id);
          known.set(match, id);
        }
        needed.push(id);
      }
      starts[++index] = needed.length;
    }
    this.#conditions = conditions;
    this.#starts = starts;
    this.#needed = Uint32Array.from(needed);
  }

  /** The verdict on a packet. */
  evaluate(packet: Packet): Verdict {
    const fields = new FieldValues(dissect(packet));
    const [starts, needed, conditions] = [this.#starts, this.#needed, this.#conditions];
    // 0 not looked at yet, 1 holds, 2 does not.
    const known = new Uint8Array(conditions.length);
    rules: for (let rule = 0; rule < this.#filter.size; rule++) {
      for (let at = starts[rule] as number; at < (starts[rule + 1] as number); at++) {
        const id = needed[at] as number;
        let held = known[id];
        if (held === 0) known[id] = held = (conditions[id] as Condition)(fields) ? 1 : 2;
        if (held === 2) continue rules;
      }
      return { action: this.#filter.at(rule)?.action ?? "pass", rule };
    }
    return { action: this.#filter.defaultAction, rule: null };
  }
}

type Condition = (fields: FieldValues) => boolean;

/** The fields of a packet, each read once. */
class FieldValues {
  readonly dissection: Dissection;
  readonly #numbers = new Map<ConcreteField, number>();
  readonly #values = new Map<ConcreteField, bigint | undefined>();

  constructor(dissection: Dissection) {
    this.dissection = dissection;
  }

  /** The value, or undefined when the packet has not got the field. */
  value(field: ConcreteField): bigint | undefined {
    if (!this.#values.has(field)) this.#values.set(field, readField(field, this.dissection));
    return this.#values.get(field);
  }

  /** The value of a field of up to 32 bits, or -1 when the packet has not got it. */
  number(field: ConcreteField): number {
    let number = this.#numbers.get(field);
    if (number === undefined) this.#numbers.set(field, number = Number(this.value(field) ?? -1n));
    return number;
  }
}

/** Equal texts mean the same; undefined for what is not worth a text. */
function keyOf({ field, operator, operand }: Match): string | undefined {
  switch (operand.kind) {
    case "value":
      return `${field} ${operator} ${operand.value} ${operand.mask}`;
    case "set":
      if (operand.ranges.length > 4 || operand.ipv6Ranges !== undefined) return undefined;
      return `${field} ${operator} ${operand.ranges.map(({ lo, hi }) => `${lo}-${hi}`)} ${operand.mask}`;
    case "list":
      return undefined;
  }
}

function conditionOf(match: Match): Condition {
  const field = fieldNamed(match.field);
  const { operator, operand } = match;
  const [side, ...others] = sidesOf(field);
  if (operand.kind === "value" && operator === "==" && side !== undefined && others.length === 0) {
    const mask = operand.mask ?? allOnes(field.widthBits);
    if (field.widthBits > 32) {
      return (fields) => {
        const value = fields.value(side);
        return value !== undefined && (value & mask) === operand.value;
      };
    }
    const [bits, wanted] = [Number(mask), Number(operand.value)];
    return (fields) => {
      const number = fields.number(side);
      return number >= 0 && ((number & bits) >>> 0) === wanted;
    };
  }
  if (operand.kind !== "set") return (fields) => matchHolds(match, fields.dissection);
  const parts = sidesOf(field).map((one) => isInside(one, operand.ranges, operand.mask));
  if (operand.ipv6Ranges !== undefined) {
    const ranges = operand.ipv6Ranges;
    parts.push(...sidesOf(counterpartOf(field)).map((one) => isInside(one, ranges, undefined)));
  }
  if (!isNegative(operator)) return (fields) => parts.some((part) => part(fields) === true);
  return (fields) => {
    const answers = parts.map((part) => part(fields));
    return answers.some((answer) => answer === false) && !answers.includes(true);
  };
}

/** Whether a side is in ascending ranges, by halving; undefined when the packet has not got it. */
function isInside(side: ConcreteField, ranges: Ranges, mask: bigint | undefined) {
  return (fields: FieldValues): boolean | undefined => {
    const whole = fields.value(side);
    if (whole === undefined) return undefined;
    const value = mask === undefined ? whole : whole & mask;
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges.at(middle) as Range).hi < value) low = middle + 1;
      else high = middle;
    }
    const found = ranges.at(low);
    return found !== undefined && found.lo <= value;
  };
}
