/**
 * What the figures should be at most.
 *
 * @module
 */

/** What a filter of some size should cost at most. */
export interface Target {
  readonly ratio: number;
  readonly buildMs: number;
  readonly mapBytes?: number;
}

const MB = 1_000_000;

/** By number of rules. */
const BY_RULES: Readonly<Record<number, Target>> = {
  16: { ratio: 0.4, buildMs: 20 },
  1_000: { ratio: 0.6, buildMs: 300, mapBytes: 8 * MB },
  10_000: { ratio: 1.5, buildMs: 1000, mapBytes: 16 * MB },
  100_000: { ratio: 1.0, buildMs: 2000, mapBytes: 64 * MB },
};

/** Of a set of a million addresses. */
const OF_ADDRESSES: Target = { ratio: 1.5, buildMs: 3000, mapBytes: 128 * MB };

/** The target of a rule set, when there is one. */
export function targetOf(size: number, isAddresses: boolean): Target | undefined {
  if (isAddresses) return size === 1_000_000 ? OF_ADDRESSES : undefined;
  return BY_RULES[size];
}
