/**
 * Matches that a caller made by hand: in the form that `createMatch` takes, or in that of a built one.
 *
 * @module
 */

import { bigintToBytes } from "../net/bytes.ts";
import type { Match, MatchInput, Operand, Range, ValueInput } from "./match.ts";
import { type Problem, problem } from "./problem.ts";
import { checkKeys, describeValue } from "./raw.ts";
import { checkWidth } from "./value_text.ts";

/** A match as its parts, with the name of a list where a built one has such a reference. */
export type MatchParts = Omit<MatchInput, "value"> & {
  readonly value?: MatchInput["value"] | undefined;
  readonly list?: string;
};

const INPUT_KEYS = ["field", "operator", "value", "mask"];
const MATCH_KEYS = ["field", "operator", "operand"];
const OPERAND_KEYS: Readonly<Record<Operand["kind"], readonly string[]>> = {
  value: ["kind", "value", "mask"],
  set: ["kind", "ranges", "ipv6Ranges", "mask"],
  list: ["kind", "file", "mask"],
};

/** The parts of a match that was not built, or the first problem with its form; what they say is not checked. */
export function partsOfMatch(given: Match | MatchInput): MatchParts | Problem {
  const shape = checkKeys(given, { what: "a match", keys: isLikeBuilt(given) ? MATCH_KEYS : INPUT_KEYS });
  if (shape !== undefined) return shape;
  return isLikeBuilt(given) ? partsOfOperand(given) : given;
}

/** Whether it has the form of a built one. */
function isLikeBuilt(given: Match | MatchInput): given is Match {
  return typeof given === "object" && given !== null && "operand" in given;
}

function partsOfOperand({ field, operator, operand }: Match): MatchParts | Problem {
  const kind = (operand as Operand | undefined)?.kind;
  const keys = typeof kind === "string" && Object.hasOwn(OPERAND_KEYS, kind) ? OPERAND_KEYS[kind] : undefined;
  if (keys === undefined) {
    return problem("bad-operand", `an operand is not ${describeValue(kind)}`, "of the kind value, set or list");
  }
  const shape = checkKeys(operand, { what: `an operand of the kind ${kind}`, keys });
  if (shape !== undefined) return shape;
  const parts = { field, operator, ...(operand.mask !== undefined && { mask: operand.mask }) };
  switch (operand.kind) {
    case "value":
      return { ...parts, value: operand.value };
    case "list":
      if (typeof operand.file === "string" && operand.file !== "") return { ...parts, list: operand.file };
      return problem("bad-file", `${describeValue(operand.file)} is not the name of a file`);
    case "set": {
      const ipv6Ranges = operand.ipv6Ranges ?? [];
      if (!isIterable(operand.ranges) || !isIterable(ipv6Ranges)) {
        return problem("bad-operand", "the ranges of a set are an array", "{ lo, hi } each");
      }
      return { ...parts, value: [...operand.ranges, ...Array.from(ipv6Ranges, ofIpv6)] };
    }
  }
}

/** A range in a form that tells its family. */
function ofIpv6(range: Range): { readonly lo: ValueInput; readonly hi: ValueInput } {
  const asBytes = (value: unknown) =>
    typeof value === "bigint" && checkWidth({ name: "", format: "ipv6", widthBits: 128 }, value) === undefined
      ? bigintToBytes(value, 16)
      : value as ValueInput;
  return { lo: asBytes(range?.lo), hi: asBytes(range?.hi) };
}

function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
