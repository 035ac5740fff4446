/**
 * Random intervals of every shape that is hard for a table: dense, sparse, nested in one another's gaps, at both ends.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import type { Interval } from "../../../lib/classify/interval_map/interval_map.ts";
import { allOnes } from "../../../lib/net/bytes.ts";

/** The widths that are tried: each form, and those that do not fill their words. */
export const WIDTHS = [17, 32, 48, 64, 128] as const;

/** Intervals of `widthBits`, ascending. */
export function intervalsOf(widthBits: number, most: number): fc.Arbitrary<Interval[]> {
  const all = allOnes(widthBits);
  const anywhere = fc.bigInt(0n, all);
  const within = (bits: number): fc.Arbitrary<fc.Arbitrary<bigint>> => {
    const kept = BigInt(Math.min(bits, widthBits));
    return anywhere.map((at) => fc.bigInt(0n, (1n << kept) - 1n).map((low) => (at >> kept << kept) | low));
  };
  const edges = fc.constantFrom(0n, 1n, 2n, all - 2n, all - 1n, all, all >> 1n, (all >> 1n) + 1n);
  const points = fc.oneof(
    fc.constant(anywhere),
    within(8),
    within(12),
    within(16),
    within(64),
    fc.tuple(within(6), within(16), within(70)).map((some) => fc.oneof(edges, anywhere, ...some)),
  );
  const classes = fc.constantFrom(2, 5, 300, 65_536);
  return fc.tuple(points, classes, fc.constantFrom(0, 1, 2, 3), fc.boolean()).chain(([point, count, ends, touching]) =>
    fc.array(
      fc.tuple(point, fc.nat(count - 1), fc.constantFrom(0n, 0n, 1n, 2n, 255n, 65_535n, (1n << 64n) - 1n)),
      { maxLength: most, size: "max" },
    ).map((starts) => {
      const given = [...starts];
      if (ends & 1) given.push([0n, count - 1, 0n]);
      if (ends & 2) given.push([all, 1, 0n]);
      const sorted = given.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
      const intervals: Interval[] = [];
      for (const [index, [lo, is, span]] of sorted.entries()) {
        const next = sorted[index + 1]?.[0];
        if (next === lo) continue;
        const end = touching ? (next ?? lo + 1n) - 1n : lo + span;
        const hi = next !== undefined && end >= next ? next - 1n : end > all ? all : end;
        intervals.push({ lo, hi, class: is });
      }
      return intervals;
    })
  );
}

/** Values in, at both sides of, and far from every end of an interval. */
export function probesOf(widthBits: number, intervals: readonly Interval[]): bigint[] {
  const all = allOnes(widthBits);
  const probes = [0n, 1n, all, all - 1n, all >> 1n, (all >> 1n) + 1n];
  for (const { lo, hi } of intervals) {
    probes.push(lo - 1n, lo, lo + 1n, hi - 1n, hi, hi + 1n, lo ^ (all >> 3n), ~lo & all);
  }
  return probes.filter((value) => value >= 0n && value <= all);
}

/** The class of a value by looking at every interval. */
export function scan(intervals: readonly Interval[], value: bigint): number {
  return intervals.find(({ lo, hi }) => lo <= value && value <= hi)?.class ?? 0;
}

/** Sets that defeat this or that way of parting values, by what they are. */
export function crowds(widthBits: number): Readonly<Record<string, Interval[]>> {
  const width = BigInt(widthBits);
  const all = allOnes(widthBits);
  const random = generator(BigInt(widthBits));
  const points = (values: Iterable<bigint>): Interval[] => {
    const unique = [...new Set([...values].map((value) => value & all))].sort((a, b) => a < b ? -1 : 1);
    return unique.map((lo, index) => ({ lo, hi: lo, class: 1 + index % 3 }));
  };
  const many = (count: number, of: (index: number) => bigint): bigint[] =>
    Array.from({ length: count }, (_, i) => of(i));
  const half = width / 2n;
  return {
    // Every cut by equal parts leaves all but one together.
    "powers of two": points(many(widthBits, (index) => 1n << BigInt(index))),
    "powers of two from the top": points(many(widthBits, (index) => all - (1n << BigInt(index)))),
    "all next to each other": points(many(2_000, (index) => (1n << half) + BigInt(index))),
    "every other value": points(many(2_000, (index) => (1n << half) + 2n * BigInt(index))),
    "spread": points(many(2_000, () => random() & all)),
    "one crowd and one outlier": points([0n, ...many(1_500, () => (5n << (width - 3n)) + (random() & 0xffffn))]),
    "crowds in crowds": points(many(2_000, (index) => {
      const level = BigInt(index % 7) * width / 8n;
      return (all >> 1n) - (all >> (level + 1n)) + (random() & (all >> (level + width / 10n)));
    })),
    // Upper halves with one value each, with many, and with all of their values.
    "halves": points([
      ...many(300, () => (random() >> half & (all >> half)) << half),
      ...many(300, () => random()),
      ...many(600, () => (1n << (width - 1n)) | (random() & (all >> half))),
    ]),
  };
}

/** The same numbers each time, of 128 bits. */
function generator(seed: bigint): () => bigint {
  let state = seed * 0x9e37_79b9_7f4a_7c15n + 1n;
  return () => {
    state = BigInt.asUintN(128, state * 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645n + 0x5851_f42d_4c95_7f2dn);
    return state ^ (state >> 64n);
  };
}
