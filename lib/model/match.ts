/**
 * Matches: one condition of a rule, on one field.
 *
 * @module
 */

import { FilterError } from "../diagnostics/errors.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { allOnes, bytesToBigint } from "../net/bytes.ts";
import { createBrand } from "./brand.ts";
import { familyHint } from "./field_families.ts";
import type { Field } from "./field.ts";
import { bytesForField, fieldNamed, findField } from "./fields.ts";
import { isSetOperator, type Operator, OPERATORS } from "./operator.ts";
import { checkKeys, describeValue } from "./raw.ts";
import { partsOfMatch } from "./raw_match.ts";
import { isProblem, placeProblem, type Problem, problem } from "./problem.ts";
import { joinRanges, type Range, type Ranges } from "./ranges.ts";
import { checkWidth, hostBits, isAddress, parseMask, parseRange, parseValue } from "./value_text.ts";

export { complementRanges, intersectRanges, joinRanges, type Range, type Ranges } from "./ranges.ts";

/** One value, compared after the mask; host order. The value has no bit outside the mask. */
export interface ValueOperand {
  /** One value. */
  readonly kind: "value";
  /** The value; host order. */
  readonly value: bigint;
  /** Bits that are compared; absent for all. */
  readonly mask?: bigint;
}

/** A set of values; host order. Ranges are in ascending order and do not touch; many of them are not an array. */
export interface SetOperand {
  /** A set. */
  readonly kind: "set";
  /** The values; host order. */
  readonly ranges: Ranges;
  /** IPv6 ranges of a set on an IPv4 field: the match then means either family's field. */
  readonly ipv6Ranges?: Ranges;
  /** Bits of the field that are compared with the ranges; absent for all. */
  readonly mask?: bigint;
}

/** A set that stands in a file, relative to the file of the rule. It has to be resolved before the match means anything. */
export interface ListOperand {
  /** A reference to a file. */
  readonly kind: "list";
  /** Name of the file, as written. */
  readonly file: string;
  /** Bits of the field that are compared; absent for all. */
  readonly mask?: bigint;
}

/** What a field is compared with. */
export type Operand = ValueOperand | SetOperand | ListOperand;

/** One condition. Frozen plain data. */
export interface Match {
  /** Name of a row of FIELDS. */
  readonly field: string;
  /** How the field is compared. */
  readonly operator: Operator;
  /** What it is compared with. */
  readonly operand: Operand;
}

/** A value as a caller may give it: text in the field's format, a number in host order, or bytes in packet order. */
export type ValueInput = string | number | bigint | Uint8Array;

/** What {@link createMatch} takes. */
export interface MatchInput {
  /** Name or alias of a row of FIELDS, such as `tcp.dstport`. */
  readonly field: string;
  /** `==` unless given; `in` when the value is a list. */
  readonly operator?: Operator;
  /** One value, or for a set its entries. Text may be a prefix or value with mask (`10.0.0.0/8`), in sets also `lo..hi`. */
  readonly value: ValueInput | readonly (ValueInput | { readonly lo: ValueInput; readonly hi: ValueInput })[];
  /** Bits to compare: text, number in host order, or bytes in packet order. */
  readonly mask?: ValueInput;
}

/**
 * Creates a match and checks it: the field exists, values fit, ranges ascend. What was built before comes back as it is; a
 * structure that only looks like it is built anew from its parts.
 *
 * @throws FilterError with every problem found
 */
export function createMatch(input: Match | MatchInput, onWarning: (found: Diagnostic) => void = () => {}): Match {
  if (isBuilt(input)) return input;
  const problems: Problem[] = [];
  const match = buildMatch(input, (found) => problems.push(found));
  const found = problems.map((one) => placeProblem(one));
  const errors = found.filter((one) => one.severity === "error");
  if (match === undefined || errors.length > 0) throw new FilterError(errors);
  found.forEach(onWarning);
  return match;
}

/** {@link createMatch} with problems reported to a callback; undefined when one is an error. */
export function buildMatch(given: Match | MatchInput, report: (found: Problem) => void): Match | undefined {
  if (isBuilt(given)) return given;
  const input = partsOfMatch(given);
  if (isProblem(input)) return void report(input);
  const field = typeof input.field === "string" ? findField(input.field) : undefined;
  if (field === undefined) {
    const message = `there is no field ${describeValue(input.field)}`;
    const hint = typeof input.field === "string" ? familyHint(input.field) : undefined;
    return void report(problem("unknown-field", message, hint ?? "see FIELDS for their names"));
  }
  const isList = Array.isArray(input.value);
  const { operator = isList || input.list !== undefined ? "in" : "==" } = input;
  if (!OPERATORS.includes(operator)) {
    const message = `there is no operator ${describeValue(operator)}`;
    return void report(problem("unknown-operator", message, OPERATORS.join(" ")));
  }
  if (isList && !isSetOperator(operator)) {
    report(problem("set-needs-in", `${field.name} ${operator} takes one value, not a set`, "use in or not in"));
    return undefined;
  }
  const mask = input.mask === undefined ? undefined : maskOf(field, input.mask);
  if (isProblem(mask)) return void report(mask);
  if (input.list !== undefined) {
    if (isSetOperator(operator)) {
      return freezeMatch(field, operator, { kind: "list", file: input.list, ...(mask !== undefined && { mask }) });
    }
    return void report(problem("list-needs-in", `${field.name} ${operator} takes one value, not a list`, "use in"));
  }
  const operand = isSetOperator(operator)
    ? setOperand(field, isList ? input.value as readonly SetEntry[] : [input.value as ValueInput], mask, report)
    : valueOperand(field, input.value as ValueInput, mask, report);
  return operand && freezeMatch(field, operator, operand);
}

/** A frozen match; the mask of all ones is left out. The parts are taken as checked. */
export function freezeMatch(field: Field, operator: Operator, operand: Operand): Match {
  const full = operand.mask === undefined || operand.mask === allOnes(field.widthBits);
  return Object.freeze(
    BUILT.mark({ field: field.name, operator, operand: Object.freeze(full ? unmasked(operand) : { ...operand }) }),
  );
}

/** The operand without its mask; the usual one is copied by hand, which takes a fraction of the time. */
function unmasked(operand: Operand): Operand {
  if (operand.kind === "value") return { kind: "value", value: operand.value };
  const { mask: _, ...rest } = operand;
  return rest;
}

/** Whether the match came from this module, so that it needs no check. */
export function isBuilt(match: unknown): match is Match {
  return BUILT.has(match);
}

const BUILT = createBrand();

type SetEntry = ValueInput | { readonly lo: ValueInput; readonly hi: ValueInput };

function valueOperand(
  field: Field,
  input: ValueInput,
  mask: bigint | undefined,
  report: (found: Problem) => void,
): ValueOperand | undefined {
  let text = input;
  let bits = mask;
  if (typeof text === "string" && text.includes("/") && mask === undefined) {
    const slash = text.indexOf("/");
    const parsed = parseMask(field, text.slice(slash + 1));
    if (isProblem(parsed)) return void report(parsed);
    bits = parsed;
    text = text.slice(0, slash);
  }
  const value = valueOf(field, text);
  if (isProblem(value)) return void report(value);
  if (bits === undefined) return { kind: "value", value };
  const cleared = hostBits(field, typeof input === "string" ? input : String(value), value, bits);
  if (cleared !== undefined) report(cleared);
  return { kind: "value", value: value & bits, mask: bits };
}

function setOperand(
  field: Field,
  entries: readonly SetEntry[],
  mask: bigint | undefined,
  report: (found: Problem) => void,
): SetOperand | undefined {
  const ranges: Range[] = [];
  const ipv6Ranges: Range[] = [];
  let failed = false;
  for (const entry of entries) {
    const [shape, target] = isCounterpartEntry(field, entry, mask)
      ? [counterpartOf(field), ipv6Ranges]
      : [field, ranges];
    const range = rangeOf(shape, entry, report);
    if (isProblem(range)) {
      report(range);
      failed = true;
    } else {
      target.push(range);
    }
  }
  if (failed) return undefined;
  return {
    kind: "set",
    ranges: joinRanges(ranges),
    ...(ipv6Ranges.length > 0 && { ipv6Ranges: joinRanges(ipv6Ranges) }),
    ...(mask !== undefined && { mask }),
  };
}

/** Whether an entry of a set on an IPv4 field is of the other family. A masked set is of one family. */
export function isCounterpartEntry(field: Field, entry: unknown, mask?: bigint): boolean {
  if (field.counterpart === undefined || mask !== undefined) return false;
  const sample = typeof entry === "object" && entry !== null && "lo" in entry ? entry.lo : entry;
  if (typeof sample === "string") return sample.includes(":");
  return sample instanceof Uint8Array && sample.length === 16;
}

/** Ranges of the set that a match has, those of the other family included; 0 when it has none. */
export function rangesIn({ operand }: Match): number {
  return operand.kind === "set" ? operand.ranges.length + (operand.ipv6Ranges?.length ?? 0) : 0;
}

/** The row of the other family's field. */
export function counterpartOf(field: Field): Field {
  return fieldNamed(field.counterpart ?? field.name);
}

function rangeOf(field: Field, entry: SetEntry, report: (found: Problem) => void): Range | Problem {
  if (typeof entry === "string") return parseRange(field, entry, report);
  const shape = isPair(entry) ? checkKeys(entry, { what: "a range", keys: ["lo", "hi"] }) : undefined;
  if (shape !== undefined) return shape;
  const bounds = isPair(entry) ? entry : { lo: entry, hi: entry };
  const lo = valueOf(field, bounds.lo);
  if (isProblem(lo)) return lo;
  const hi = valueOf(field, bounds.hi);
  if (isProblem(hi)) return hi;
  return lo <= hi
    ? { lo, hi }
    : problem("reversed-range", `the range ${lo}..${hi} starts above its end`, "write lo..hi");
}

function isPair(entry: SetEntry): entry is Exclude<SetEntry, ValueInput> {
  return typeof entry === "object" && entry !== null && !(entry instanceof Uint8Array) && !Array.isArray(entry);
}

function valueOf(field: Field, input: ValueInput): bigint | Problem {
  if (typeof input === "string") return parseValue(field, input);
  if (input instanceof Uint8Array) return fromBytes(field, input);
  if (
    typeof input === "number" && !Number.isSafeInteger(input) || typeof input !== "number" && typeof input !== "bigint"
  ) {
    return problem("bad-value", `${describeValue(input)} is not an integer, which ${field.name} takes`);
  }
  const value = BigInt(input);
  return checkWidth(field, value) ?? value;
}

function maskOf(field: Field, input: ValueInput): bigint | Problem {
  if (typeof input === "string") return parseMask(field, input);
  if (typeof input === "number" && isAddress(field.format)) {
    return problem(
      "bad-mask",
      `a mask of ${field.name} is a text, bytes or a bigint, not the number ${input}`,
      `"${input}" is a prefix length`,
    );
  }
  return valueOf(field, input);
}

function fromBytes(field: Field, bytes: Uint8Array): bigint | Problem {
  const expected = bytesForField(field);
  if (bytes.length !== expected) {
    return problem("bad-length", `${field.name} takes ${expected} bytes, not ${bytes.length}`);
  }
  const value = bytesToBigint(bytes);
  return checkWidth(field, value) ?? value;
}
