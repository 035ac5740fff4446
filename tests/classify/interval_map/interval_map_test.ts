import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  buildIntervalMap,
  fitsIntervalShape,
  type Interval,
  INTERVAL_LIMITS,
  type IntervalInput,
  intervalInput,
  type IntervalMap,
  type IntervalMapOptions,
  type IntervalRefusal,
  lookupInterval,
  padIntervalMap,
} from "../../../lib/classify/interval_map/interval_map.ts";
import { settingsFor } from "../../random/settings.ts";
import { crowds, intervalsOf, probesOf, scan, WIDTHS } from "./arbitrary.ts";

function build(input: IntervalInput, options?: IntervalMapOptions): IntervalMap {
  const built = buildIntervalMap(input, options);
  if (built.kind === "refused") throw new Error(built.message);
  return built;
}

function refusal(input: IntervalInput, options?: IntervalMapOptions): IntervalRefusal["code"] {
  const built = buildIntervalMap(input, options);
  if (built.kind === "map") throw new Error("not refused");
  return built.code;
}

function check(widthBits: number, intervals: readonly Interval[], values: readonly bigint[]): void {
  const map = build(intervalInput(widthBits, intervals));
  for (const value of values) {
    assert.equal(lookupInterval(map, value), scan(intervals, value), `class of ${value} of ${widthBits} bits`);
  }
}

for (const widthBits of WIDTHS) {
  Deno.test(`lookupInterval() agrees with a scan of random intervals of ${widthBits} bits`, () => {
    const { seed, numRuns } = settingsFor(300);
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

  Deno.test(`lookupInterval() agrees with a scan where ${widthBits}-bit values crowd in ways that part badly`, () => {
    for (const [name, intervals] of Object.entries(crowds(widthBits))) {
      const map = build(intervalInput(widthBits, intervals));
      const probes = probesOf(widthBits, intervals);
      const step = Math.max(1, Math.floor(probes.length / 3_000));
      for (let index = 0; index < probes.length; index += step) {
        const value = probes[index]!;
        assert.equal(lookupInterval(map, value), scan(intervals, value), `class of ${value}, ${name}`);
      }
      assert.ok(map.maxLoads <= 4 + 2 * INTERVAL_LIMITS.maxDepth, name);
      assert.ok(map.bytes.length < 70_000 + 400 * intervals.length + 4 * 2 ** 18, `${name}: ${map.bytes.length} bytes`);
    }
  });
}

Deno.test("buildIntervalMap() gives the same bytes for the same intervals, and for those that touch and are alike", () => {
  const apart = [{ lo: 5n, hi: 9n, class: 1 }, { lo: 10n, hi: 20n, class: 1 }, { lo: 30n, hi: 31n, class: 0 }];
  const joined = [{ lo: 5n, hi: 20n, class: 1 }];
  for (const widthBits of WIDTHS) {
    assert.deepEqual(build(intervalInput(widthBits, apart)).bytes, build(intervalInput(widthBits, joined)).bytes);
  }
});

Deno.test("buildIntervalMap() takes columns of a view", () => {
  const lo = new BigUint64Array([9n, 1n, 5n]).subarray(1);
  const hi = new BigUint64Array([9n, 2n, 6n]).subarray(1);
  const map = build({ widthBits: 48, lo, hi, class: Uint16Array.of(7, 8) });
  assert.deepEqual([0n, 1n, 2n, 3n, 5n, 6n, 7n].map((value) => lookupInterval(map, value)), [0, 7, 7, 0, 8, 8, 0]);
});

Deno.test("buildIntervalMap() throws for what is no ascending list of intervals of that width", () => {
  const one = (widthBits: number, lo: bigint, hi: bigint, is = 1) => () =>
    buildIntervalMap(intervalInput(widthBits, [{ lo, hi, class: is }]));
  assert.throws(one(16, 0n, 0n), /values of 16 bits, should be 17 to 128/);
  assert.throws(one(129, 0n, 0n), /values of 129 bits/);
  assert.throws(one(32, 2n, 1n), /number 0 ends before it starts/);
  assert.throws(one(17, 0n, 1n << 17n), /number 0 does not fit 17 bits/);
  assert.throws(one(48, 0n, 1n << 48n), /does not fit 48 bits/);
  assert.throws(one(100, 0n, 1n << 100n), /does not fit 100 bits/);
  assert.throws(one(32, 0n, 0n, 65_536), /class 65536, should be 65535 at most/);
  for (const widthBits of WIDTHS) {
    const all = (1n << BigInt(widthBits)) - 1n;
    const two = (lo: bigint, hi: bigint, nextLo: bigint) => () =>
      buildIntervalMap(intervalInput(widthBits, [{ lo, hi, class: 1 }, { lo: nextLo, hi: all, class: 2 }]));
    assert.throws(two(5n, 6n, 6n), /number 1 is out of order/);
    assert.throws(two(5n, 6n, 4n), /number 1 is out of order/);
    assert.throws(two(5n, all, 4n), /number 1 is out of order/);
    assert.throws(two(5n, all, all), /number 1 is out of order/);
    two(5n, 6n, 7n)();
  }
  const short = { widthBits: 32, lo: Uint32Array.of(1), hi: Uint32Array.of(1, 2), class: Uint16Array.of(1) };
  assert.throws(() => buildIntervalMap(short), /columns differ in length/);
  const wrong = { widthBits: 48, lo: Uint32Array.of(1), hi: Uint32Array.of(1), class: Uint16Array.of(1) };
  assert.throws(() => buildIntervalMap(wrong), /a column has words of 32 bits/);
});

Deno.test("buildIntervalMap() refuses more intervals, more bytes or another shape than there may be, and says which", () => {
  const { maxIntervals } = INTERVAL_LIMITS;
  const columns = (count: number) => {
    const lo = Uint32Array.from({ length: count }, (_, index) => 2 * index);
    return { widthBits: 32, lo, hi: lo, class: new Uint16Array(count).fill(1) };
  };
  const most = build(columns(maxIntervals));
  assert.equal(lookupInterval(most, BigInt(2 * maxIntervals - 2)), 1);
  assert.equal(lookupInterval(most, BigInt(2 * maxIntervals - 3)), 0);
  assert.equal(refusal(columns(maxIntervals + 1)), "too-many-intervals");

  const some = columns(1_000);
  const { usedBytes, shape } = build(some);
  assert.equal(build(some, { maxBytes: usedBytes }).usedBytes, usedBytes);
  assert.equal(refusal(some, { maxBytes: usedBytes - 1 }), "too-many-bytes");
  assert.equal(build(some, { shape: { ...shape, bytes: usedBytes } }).shape.bytes, usedBytes);
  assert.equal(refusal(some, { shape: { ...shape, bytes: usedBytes - 64 } }), "shape");
  assert.equal(refusal(intervalInput(48, []), { shape }), "shape");
  assert.equal(refusal(intervalInput(128, []), { shape }), "shape");
});

Deno.test("buildIntervalMap() keeps the shape when little changes, and takes one that is given", () => {
  for (const widthBits of WIDTHS) {
    const intervals = crowds(widthBits)["spread"]!.slice(0, 700);
    const before = build(intervalInput(widthBits, intervals));
    const changed = intervals.filter((_, index) => index !== 50 && index !== 51);
    assert.deepEqual(build(intervalInput(widthBits, changed)).shape, before.shape);

    // Data that has nothing in common with it but the shape.
    const shape = { ...before.shape, bytes: 2 ** 20 };
    for (const [name, other] of Object.entries(crowds(widthBits))) {
      const map = build(intervalInput(widthBits, other.slice(0, 300)), { shape });
      assert.deepEqual(map.shape, shape);
      assert.equal(map.bytes.length, shape.bytes);
      for (const value of probesOf(widthBits, other.slice(0, 300)).slice(0, 400)) {
        assert.equal(lookupInterval(map, value), scan(other.slice(0, 300), value), `${name}: ${value}`);
      }
    }
  }
});

Deno.test("padIntervalMap() gives a table more room, and none that it has not", () => {
  const intervals = [{ lo: 5n, hi: 9n, class: 1 }];
  const map = build(intervalInput(32, intervals));
  const larger = { ...map.shape, bytes: map.shape.bytes + 640 };
  const padded = padIntervalMap(map, larger)!;
  assert.equal(padded.bytes.length, larger.bytes);
  assert.deepEqual([4n, 5n, 9n, 10n].map((value) => lookupInterval(padded, value)), [0, 1, 1, 0]);
  assert.ok(fitsIntervalShape(map.shape, larger));
  for (const bad of [{ bytes: map.shape.bytes - 64 }, { rootBits: map.shape.rootBits + 1 }, { form: 64 as const }]) {
    assert.equal(padIntervalMap(map, { ...larger, ...bad }), undefined);
  }
});

Deno.test("buildIntervalMap() holds every class, and as many as there are", () => {
  for (const widthBits of [17, 48, 128]) {
    const count = 65_536;
    const scale = 1n << BigInt(widthBits - 17);
    const intervals = Array.from({ length: count }, (_, is) => {
      const lo = BigInt(2 * is) * scale;
      return { lo, hi: lo + scale - 1n, class: is };
    });
    const map = build(intervalInput(widthBits, intervals));
    for (let is = 0; is < count; is += 61) {
      assert.equal(lookupInterval(map, intervals[is]!.lo), is);
      assert.equal(lookupInterval(map, intervals[is]!.hi + 1n), 0);
    }
  }
});
