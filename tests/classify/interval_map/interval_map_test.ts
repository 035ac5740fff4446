import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  buildIntervalMap,
  type Interval,
  intervalInput,
  type IntervalMap,
  type IntervalMapOptions,
  lookupInterval,
} from "../../../lib/classify/interval_map/interval_map.ts";
import { settingsFor } from "../../random/settings.ts";
import { intervalsOf, probesOf, scan, WIDTHS } from "./arbitrary.ts";

function build(widthBits: number, intervals: readonly Interval[], options?: IntervalMapOptions): IntervalMap {
  const built = buildIntervalMap(intervalInput(widthBits, intervals), options);
  assert.equal(built.kind, "map", built.kind === "refused" ? built.message : "");
  return built as IntervalMap;
}

function check(widthBits: number, intervals: readonly Interval[], values: readonly bigint[]): void {
  const map = build(widthBits, intervals);
  for (const value of values) {
    assert.equal(lookupInterval(map, value), scan(intervals, value), `class of ${value} of ${widthBits} bits`);
  }
}

for (const widthBits of WIDTHS) {
  Deno.test(`lookupInterval() agrees with a scan of random intervals of ${widthBits} bits`, () => {
    const { seed, numRuns, again } = settingsFor(300);
    for (const most of [12, 400]) {
      fc.assert(
        fc.property(intervalsOf(widthBits, most), (intervals) => {
          const probes = probesOf(widthBits, intervals);
          check(widthBits, intervals, intervals.length > 50 ? probes.filter((_, index) => index % 7 === 0) : probes);
        }),
        // To make a failure smaller takes forever with so many intervals.
        { seed, numRuns: most > 50 ? Math.ceil(numRuns / 6) : numRuns, endOnFailure: most > 50 },
      );
    }
    assert.ok(again);
  });

  Deno.test(`lookupInterval() finds everything, nothing and single values of ${widthBits} bits`, () => {
    const all = (1n << BigInt(widthBits)) - 1n;
    const values = [0n, 1n, 77n, 78n, 79n, all >> 1n, all - 1n, all];
    check(widthBits, [], values);
    check(widthBits, [{ lo: 0n, hi: all, class: 65_535 }], values);
    check(widthBits, [{ lo: 0n, hi: all, class: 0 }], values);
    for (const lo of values) check(widthBits, [{ lo, hi: lo, class: 3 }], values);
    for (const lo of values) check(widthBits, [{ lo, hi: all, class: 3 }], values);
    for (const hi of values) check(widthBits, [{ lo: 0n, hi, class: 3 }], values);
  });
}
