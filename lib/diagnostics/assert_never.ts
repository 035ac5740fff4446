/**
 * Ends a switch over a closed set of kinds: the type checker refuses a call that can be reached.
 *
 * @throws Error when called all the same, which is a bug of kefir
 */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
