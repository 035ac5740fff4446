import assert from "node:assert/strict";
import { FIELDS, sidesOf } from "../../lib/model/fields.ts";
import { createMatch, type MatchInput } from "../../lib/model/match.ts";
import { isEverything, neverHolds, normalizeMatch } from "../../lib/model/normal_form.ts";
import { allOnes } from "../../lib/net/bytes.ts";

/** Mask, and ranges as [lo, hi], of the first side. */
function shape(input: MatchInput): [mask: bigint, ...ranges: (readonly [bigint, bigint])[]] {
  const [side] = normalizeMatch(createMatch(input)).sides;
  assert.ok(side);
  return [side.mask, ...side.ranges.map(({ lo, hi }) => [lo, hi] as const)];
}

function is(input: MatchInput, what: (term: ReturnType<typeof normalizeMatch>) => boolean): boolean {
  return what(normalizeMatch(createMatch(input)));
}

const ALL16 = 0xffffn;
const ALL32 = 0xffff_ffffn;

Deno.test("normalizeMatch() turns each operator into what it accepts, the negative ones into what they refuse", () => {
  const port = (operator: MatchInput["operator"], value: MatchInput["value"]) =>
    shape({ field: "tcp.dstport", operator: operator!, value });
  assert.deepEqual(port("==", 80), [ALL16, [80n, 80n]]);
  assert.deepEqual(port("!=", 80), [ALL16, [80n, 80n]]);
  assert.deepEqual(port("<", 80), [ALL16, [0n, 79n]]);
  assert.deepEqual(port("<=", 80), [ALL16, [0n, 80n]]);
  assert.deepEqual(port(">", 80), [ALL16, [81n, ALL16]]);
  assert.deepEqual(port(">=", 80), [ALL16, [80n, ALL16]]);
  assert.deepEqual(port("in", [80]), [ALL16, [80n, 80n]]);
  assert.deepEqual(port("not in", ["80..90", 22]), [ALL16, [22n, 22n], [80n, 90n]]);
});

Deno.test("normalizeMatch() negates != and not in, and nothing else", () => {
  for (
    const { operator, negated } of [
      { operator: "==", negated: false },
      { operator: "!=", negated: true },
      { operator: "<", negated: false },
      { operator: ">=", negated: false },
      { operator: "in", negated: false },
      { operator: "not in", negated: true },
    ] as const
  ) {
    assert.equal(normalizeMatch(createMatch({ field: "ip.ttl", operator, value: 7 })).negated, negated, operator);
  }
});

Deno.test("normalizeMatch() joins what touches or overlaps, in any order", () => {
  assert.deepEqual(shape({ field: "udp.dstport", value: ["90..95", 80, 81, "82..91", 100] }), [
    ALL16,
    [80n, 95n],
    [100n, 100n],
  ]);
});

Deno.test("normalizeMatch() makes the mask of a prefix a range", () => {
  assert.deepEqual(shape({ field: "ip.src", value: "10.0.0.0/8" }), [ALL32, [0x0a00_0000n, 0x0aff_ffffn]]);
  assert.deepEqual(shape({ field: "ip.src", value: "10.1.2.3/31" }), [ALL32, [0x0a01_0202n, 0x0a01_0203n]]);
  assert.deepEqual(shape({ field: "ip.src", value: "0.0.0.0/0" }), [ALL32, [0n, ALL32]]);
  assert.deepEqual(shape({ field: "ip.dsfield", value: "0xb8/0xfc" }), [0xffn, [0xb8n, 0xbbn]]);
  assert.deepEqual(shape({ field: "ip.src", operator: "<", value: "10.0.0.0/8" }), [ALL32, [0n, 0x09ff_ffffn]]);
  assert.deepEqual(shape({ field: "ip.src", operator: ">", value: "10.0.0.0/8" }), [ALL32, [0x0b00_0000n, ALL32]]);
});

Deno.test("normalizeMatch() keeps a mask with holes, and only values that it lets through", () => {
  assert.deepEqual(shape({ field: "ip.dsfield", value: 0xa5, mask: 0x81 }), [0x81n, [0x81n, 0x81n]]);
  assert.deepEqual(shape({ field: "ip.dsfield", value: [0x15, 0x80], mask: 0x81 }), [0x81n, [0x80n, 0x80n]]);
  assert.deepEqual(shape({ field: "ip.dsfield", value: ["1..0x80"], mask: 0x81 }), [0x81n, [1n, 0x80n]]);
  assert.deepEqual(shape({ field: "ip.dsfield", value: ["2..0x7f"], mask: 0x81 }), [0x81n]);
  assert.deepEqual(shape({ field: "ip.dsfield", operator: "<=", value: 0x80, mask: 0x81 }), [0x81n, [0n, 0x80n]]);
  assert.deepEqual(shape({ field: "ip.dsfield", operator: "<", value: 0x80, mask: 0x81 }), [0x81n, [0n, 1n]]);
  assert.deepEqual(shape({ field: "ip.dsfield", operator: ">", value: 1, mask: 0x81 }), [0x81n, [0x80n, 0x81n]]);
});

Deno.test("normalizeMatch() means what a masked range means, for every mask and range of three bits", () => {
  for (let mask = 0; mask < 8; mask++) {
    for (let lo = 0; lo < 8; lo++) {
      for (let hi = lo; hi < 8; hi++) {
        const { sides: [side] } = normalizeMatch(createMatch({ field: "svlan.priority", value: [{ lo, hi }], mask }));
        for (let value = 0; value < 8; value++) {
          const masked = BigInt(value) & side!.mask;
          const inside = side!.ranges.some((range) => range.lo <= masked && masked <= range.hi);
          assert.equal(inside, (value & mask) >= lo && (value & mask) <= hi, `${value} & ${mask} in ${lo}..${hi}`);
        }
        assert.ok(
          side!.ranges.every((range) => (range.lo & side!.mask) === range.lo && (range.hi & side!.mask) === range.hi),
        );
      }
    }
  }
});

Deno.test("a term is everything when no value is left out", () => {
  for (const value of ["0.0.0.0/0", "10.1.2.3/0.0.0.0"]) {
    assert.ok(is({ field: "ip.dst", value }, ({ sides }) => isEverything(sides[0]!)), value);
  }
  assert.ok(is({ field: "ip.ttl", operator: ">=", value: 0 }, ({ sides }) => isEverything(sides[0]!)));
  assert.ok(is({ field: "ip.ttl", value: ["0..100", "101..255"] }, ({ sides }) => isEverything(sides[0]!)));
  assert.ok(is({ field: "ip.ttl", operator: "<=", value: 0x81, mask: 0x81 }, ({ sides }) => isEverything(sides[0]!)));
  assert.ok(is({ field: "ip.ttl", operator: ">", value: 0 }, ({ sides }) => !isEverything(sides[0]!)));
  assert.ok(is({ field: "ip.ttl", operator: "<", value: 255 }, ({ sides }) => !isEverything(sides[0]!)));
});

Deno.test("a term never holds when nothing is accepted, or when everything is refused", () => {
  const never: MatchInput[] = [
    { field: "ip.ttl", operator: "<", value: 0 },
    { field: "ip.ttl", operator: ">", value: 255 },
    { field: "ip.ttl", operator: ">", value: 0x81, mask: 0x81 },
    { field: "ip.ttl", operator: "in", value: [] },
    { field: "ip.ttl", operator: "in", value: [2], mask: 0x81 },
    { field: "ip.ttl", operator: "not in", value: ["0..255"] },
    { field: "ip.ttl", operator: "!=", value: 0, mask: 0 },
    { field: "ip.addr", operator: "not in", value: ["0.0.0.0/0"] },
    { field: "ip.src", operator: "not in", value: ["0.0.0.0/0", "::/0"] },
  ];
  for (const input of never) assert.ok(is(input, neverHolds), JSON.stringify(input));
  const sometimes: MatchInput[] = [
    { field: "ip.ttl", operator: "not in", value: [] },
    { field: "ip.ttl", operator: "not in", value: ["1..255"] },
    { field: "ip.src", operator: "not in", value: ["0.0.0.0/0", "::/1"] },
    { field: "ip.src", operator: "in", value: ["::/1"] },
    { field: "ip.ttl", operator: "==", value: 0, mask: 0 },
  ];
  for (const input of sometimes) assert.ok(!is(input, neverHolds), JSON.stringify(input));
});

Deno.test("normalizeMatch() gives an any field its sides, and a set of both families the sides of both", () => {
  for (const field of FIELDS) {
    const { sides } = normalizeMatch(createMatch({ field: field.name, value: 1n }));
    assert.deepEqual(sides.map((side) => side.field.name), sidesOf(field).map(({ name }) => name));
    assert.ok(sides.every((side) => side.mask === allOnes(side.field.widthBits)));
  }
  const both = normalizeMatch(createMatch({ field: "ip.addr", value: ["10.0.0.1", "2001:db8::/32"] }));
  assert.deepEqual(both.sides.map(({ field, ranges }) => [field.name, ranges.length]), [
    ["ip.src", 1],
    ["ip.dst", 1],
    ["ipv6.src", 1],
    ["ipv6.dst", 1],
  ]);
});

Deno.test("normalizeMatch() refuses a list that was not read", () => {
  const match = { field: "ip.src", operator: "in", operand: { kind: "list", file: "a.txt" } } as const;
  assert.throws(() => normalizeMatch(match), RangeError);
});
