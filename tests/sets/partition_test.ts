import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { SET_LIMITS } from "../../lib/classify/sets/limits.ts";
import { isMember, type Partition, partitionsOf } from "../../lib/classify/sets/partition.ts";
import { isInRanges, joinRanges, type Range, type Ranges } from "../../lib/model/ranges.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import { withLimits } from "../classify/lowered.ts";

/** Sets whose ends meet and overlap, and reach the ends of the place. */
function arbSets(widthBits: number): fc.Arbitrary<readonly Ranges[]> {
  const last = allOnes(widthBits);
  const value = fc.tuple(fc.constantFrom(0n, last / 2n, last), fc.bigInt({ min: -20n, max: 20n })).map(([end, step]) =>
    end + step < 0n ? 0n : end + step > last ? last : end + step
  );
  const range = fc.tuple(value, value).map(([a, b]): Range => a < b ? { lo: a, hi: b } : { lo: b, hi: a });
  const set = fc.array(range, { minLength: 1, maxLength: 6 }).map(joinRanges);
  return fc.array(set, { minLength: 1, maxLength: 40 });
}

function classOf({ words, classes }: Partition, value: bigint): number {
  let number = -1;
  classes.forEach((one, index) => {
    const start = words.reduce((sum, column) => sum << 32n | BigInt(column[index]!), 0n);
    if (start <= value) number = one;
  });
  return number;
}

function edgesOf(sets: readonly Ranges[], widthBits: number): bigint[] {
  const edges = sets.flatMap((set) => set.flatMap(({ lo, hi }) => [lo - 1n, lo, hi, hi + 1n]));
  return [0n, allOnes(widthBits), ...edges].filter((value) => value >= 0n && value <= allOnes(widthBits));
}

function checkPartitions(sets: readonly Ranges[], widthBits: number): void {
  const partitions = partitionsOf(sets, widthBits);
  const covered = partitions.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at));
  assert.deepEqual(covered, [...sets.keys()]);
  for (const partition of partitions) {
    for (const value of edgesOf(sets, widthBits)) {
      const number = classOf(partition, value);
      for (let set = partition.from; set < partition.to; set++) {
        assert.equal(isMember(partition, number, set), isInRanges(sets[set]!, value), `${value} in set ${set}`);
      }
    }
  }
}

for (const widthBits of [8, 16, 20, 32, 48, 64, 128]) {
  Deno.test(`partitionsOf() tells apart which sets a value of ${widthBits} bits is in`, () => {
    fc.assert(fc.property(arbSets(widthBits), (sets) => checkPartitions(sets, widthBits)), { numRuns: 200 });
  });
}

Deno.test("partitionsOf() shares sets out among partitions when they overlap in too many ways", async () => {
  await withLimits([[SET_LIMITS, { classes: 5 }]], () => {
    const all = Array.from(
      { length: 12 },
      (_, index) => joinRanges([{ lo: BigInt(index), hi: BigInt(20 + 2 * index) }]),
    );
    assert.ok(partitionsOf(all, 32).length > 1);
    fc.assert(fc.property(arbSets(32), (sets) => checkPartitions(sets, 32)), { numRuns: 200 });
  });
});
