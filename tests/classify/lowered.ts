/**
 * Limits lowered for a test: to reach some of them as they are takes gigabytes or minutes.
 *
 * @module
 */

/** A table of limits, and the values that some of them are to have. */
export type Lowered = readonly [table: object, values: Readonly<Record<string, number>>];

/** Runs something while limits are others than usual. */
export async function withLimits<T>(lowered: readonly Lowered[], body: () => T | Promise<T>): Promise<T> {
  const usual = lowered.map(([table]) => ({ ...table }));
  try {
    for (const [table, values] of lowered) {
      for (const name of Object.keys(values)) {
        if (!(name in table)) throw new RangeError(`there is no limit "${name}"`);
      }
      Object.assign(table, values);
    }
    return await body();
  } finally {
    // The last first: a table may be there twice.
    lowered.toReversed().forEach(([table], index) => Object.assign(table, usual.at(-1 - index)));
  }
}
