/**
 * Structures that a caller made by hand: what they are and which keys they have is looked at before anything is read.
 *
 * @module
 */

import { type Problem, problem } from "./problem.ts";

/** A problem when the value is no object, or has a key that is not among those allowed: it would say nothing. */
export function checkKeys(
  value: unknown,
  { what, keys }: { readonly what: string; readonly keys: readonly string[] },
): Problem | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return problem("bad-type", `${what} is an object, not ${describeValue(value)}`, `{ ${keys.join(", ")} }`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown === undefined) return undefined;
  return problem("unknown-key", `${what} has no ${describeValue(unknown)}`, `it has ${keys.join(", ")}`);
}

/** A value in a message, whatever it is. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return "an array";
      return value instanceof Uint8Array ? `${value.length} bytes` : "an object";
    default:
      return String(value);
  }
}
