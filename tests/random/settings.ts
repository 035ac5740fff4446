/**
 * Random tests: KEFIR_SEED repeats a run, KEFIR_RUNS makes it longer or shorter.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";

/** What a random test runs with, and how a failure says how to see it again. */
export interface Settings {
  readonly seed: number;
  readonly numRuns: number;
  readonly again: string;
}

/** The settings of a test that makes so many runs unless told otherwise. */
export function settingsFor(usualRuns: number): Settings {
  const seed = Number(Deno.env.get("KEFIR_SEED") ?? Math.floor(Math.random() * 0x7fff_ffff));
  const numRuns = Number(Deno.env.get("KEFIR_RUNS") ?? usualRuns);
  if (!Number.isInteger(seed) || !Number.isInteger(numRuns)) {
    throw new RangeError("KEFIR_SEED or KEFIR_RUNS is no integer");
  }
  return { seed, numRuns, again: `KEFIR_SEED=${seed} KEFIR_RUNS=${numRuns}` };
}

/**
 * Checks random inputs. The first that fails is told by what `check` throws, where fast-check would print every packet;
 * it is not made smaller, which would take hundreds of compilations.
 */
export async function checkRandom<T>(
  arbitrary: fc.Arbitrary<T>,
  { seed, numRuns, again }: Settings,
  check: (input: T) => Promise<void>,
): Promise<void> {
  // The arbitraries say themselves what comes often; fast-check's own liking for small values makes frames empty.
  const details = await fc.check(fc.asyncProperty(fc.noBias(arbitrary), check), { seed, numRuns, endOnFailure: true });
  if (details.failed) {
    throw new Error(`run ${details.numRuns} failed; again with ${again}`, { cause: details.errorInstance });
  }
}
