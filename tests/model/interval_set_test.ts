import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { allOnes } from "../../lib/net/bytes.ts";
import { complementSet, type IntervalSet, RangeColumns } from "../../lib/model/interval_set.ts";
import {
  complementRanges,
  containsRanges,
  intersectRanges,
  isInRanges,
  joinRanges,
  type Range,
} from "../../lib/model/ranges.ts";

/** Ranges that crowd around the ends of words, where carries are. */
function arbRanges(wordCount: 1 | 2 | 4, maxLength = 12): fc.Arbitrary<Range[]> {
  const last = allOnes(32 * wordCount);
  const ends = [0n, 1n << 31n, 1n << 32n, 1n << 64n, 1n << 96n, last].filter((end) => end <= last);
  const value = fc.tuple(fc.constantFrom(...ends), fc.bigInt({ min: -12n, max: 12n })).map(([end, step]) => {
    const moved = end + step;
    return moved < 0n ? 0n : moved > last ? last : moved;
  });
  const range = fc.tuple(value, value, fc.integer({ min: 0, max: 3 })).map(([a, b, more]) => {
    if (more > 0) return { lo: a, hi: a + BigInt(more) > last ? last : a + BigInt(more) };
    return a < b ? { lo: a, hi: b } : { lo: b, hi: a };
  });
  return fc.array(range, { maxLength });
}

function setOf(wordCount: 1 | 2 | 4, ranges: readonly Range[]): IntervalSet {
  const columns = new RangeColumns(wordCount, 1);
  ranges.forEach((range) => columns.add(range));
  return columns.join();
}

for (const wordCount of [1, 2, 4] as const) {
  Deno.test(`RangeColumns joins ranges of ${wordCount} words as joinRanges() does`, () => {
    fc.assert(fc.property(arbRanges(wordCount), (ranges) => {
      assert.deepEqual([...setOf(wordCount, ranges)], [...joinRanges(ranges)]);
    }));
  });

  Deno.test(`a set of ${wordCount} words has the members, complement and intersection of its ranges`, () => {
    const last = allOnes(32 * wordCount);
    fc.assert(fc.property(arbRanges(wordCount), arbRanges(wordCount), (one, other) => {
      const [left, right] = [setOf(wordCount, one), setOf(wordCount, other)];
      const [plainLeft, plainRight] = [joinRanges(one), joinRanges(other)];
      assert.deepEqual([...complementSet(left, last)], [...complementRanges(plainLeft, last)]);
      assert.deepEqual([...intersectRanges(left, right)], [...intersectRanges(plainLeft, plainRight)]);
      for (const { lo, hi } of [...one, ...other]) {
        for (const value of [lo, hi, hi + 1n]) {
          assert.equal(isInRanges(left, value), one.some((range) => range.lo <= value && value <= range.hi));
        }
      }
      const both = joinRanges([...one, ...other]);
      assert.ok(containsRanges(both, left));
      const isWhole = both.every(({ lo, hi }) =>
        !complementRanges(plainLeft, last).some((gap) => gap.lo <= hi && lo <= gap.hi)
      );
      assert.equal(containsRanges(left, both), isWhole);
    }));
  });
}

Deno.test("sets of the same ranges are the same in JSON, others are not", () => {
  const ranges = Array.from({ length: 400 }, (_, index) => ({ lo: BigInt(3 * index), hi: BigInt(3 * index + 1) }));
  const shuffled = ranges.toSorted((a, b) => Number(a.lo % 7n - b.lo % 7n));
  assert.equal(JSON.stringify(joinRanges(shuffled)), JSON.stringify(setOf(4, ranges)));
  assert.notEqual(JSON.stringify(joinRanges(shuffled)), JSON.stringify(joinRanges(ranges.slice(1))));
});
