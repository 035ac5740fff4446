/**
 * Comparison operators.
 *
 * @module
 */

/** How a field is compared with a value or a set. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

/** Every operator, in the order of help and docs. */
export const OPERATORS: readonly Operator[] = Object.freeze(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]);

/** Whether the operator takes a set rather than one value. */
export function isSetOperator(operator: Operator): operator is "in" | "not in" {
  return operator === "in" || operator === "not in";
}

/** Whether the operator says what the field must not be: over several sides, none of them may be it. */
export function isNegative(operator: Operator): operator is "!=" | "not in" {
  return operator === "!=" || operator === "not in";
}
