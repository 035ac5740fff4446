import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Diagnostic } from "../../lib/diagnostics/diagnostic.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { bytesForField, FIELDS } from "../../lib/model/fields.ts";
import { createMatch, joinRanges, type Match, type MatchInput, type Ranges } from "../../lib/model/match.ts";
import { OPERATORS } from "../../lib/model/operator.ts";
import { bigintToBytes } from "../../lib/net/bytes.ts";

/** Operand of a match that must not warn. */
function operandOf(input: MatchInput): Match["operand"] {
  return createMatch(input, (found) => assert.fail(found.code)).operand;
}

function refusal(input: MatchInput): Diagnostic[] {
  try {
    createMatch(input);
  } catch (error) {
    assert.ok(error instanceof FilterError, String(error));
    return [...error.diagnostics];
  }
  assert.fail("it was accepted");
}

const VALUES: readonly [field: string, value: MatchInput["value"], expected: bigint][] = [
  ["ip.src", "192.0.2.1", 0xc0000201n],
  ["ip.src", 0xc0000201, 0xc0000201n],
  ["ip.src", 0xc0000201n, 0xc0000201n],
  ["ip.src", Uint8Array.of(192, 0, 2, 1), 0xc0000201n],
  ["ipv6.src", "2001:db8::1", 0x20010db8000000000000000000000001n],
  ["ipv6.src", 1, 1n],
  ["eth.src", "00:11:22:33:44:55", 0x001122334455n],
  ["eth.src", Uint8Array.of(0, 0x11, 0x22, 0x33, 0x44, 0x55), 0x001122334455n],
  ["eth.type", "arp", 0x0806n],
  ["eth.type", "ARP", 0x0806n],
  ["eth.type", "0x86dd", 0x86ddn],
  ["eth.type", "34525", 0x86ddn],
  ["ip.proto", "tcp", 6n],
  ["ip.proto", "6", 6n],
  ["tcp.port", "443", 443n],
  ["tcp.port", "0x1BB", 443n],
  ["vlan.id", Uint8Array.of(0x0f, 0xff), 4095n],
  ["vlan.priority", 7, 7n],
  ["ip.tos", "0xb8", 0xb8n],
];

for (const [field, value, expected] of VALUES) {
  Deno.test(`createMatch() reads ${typeof value} ${String(value)} for ${field}`, () => {
    assert.deepEqual(operandOf({ field, value }), { kind: "value", value: expected });
  });
}

Deno.test("createMatch() takes == unless told otherwise, and in for a list", () => {
  assert.equal(createMatch({ field: "tcp.port", value: 80 }).operator, "==");
  assert.equal(createMatch({ field: "tcp.port", value: [80] }).operator, "in");
});

Deno.test("createMatch() gives the field's name for an alias", () => {
  assert.equal(createMatch({ field: "ip.tos", value: 1 }).field, "ip.dsfield");
});

Deno.test("createMatch() takes one value with in as a set of one", () => {
  assert.deepEqual(operandOf({ field: "tcp.port", operator: "in", value: "80..90" }), {
    kind: "set",
    ranges: [{ lo: 80n, hi: 90n }],
  });
});

const MASKS: readonly [input: MatchInput, value: bigint, mask: bigint | undefined][] = [
  [{ field: "ip.src", value: "10.0.0.0/8" }, 0x0a000000n, 0xff000000n],
  [{ field: "ip.src", value: "10.0.0.0", mask: "8" }, 0x0a000000n, 0xff000000n],
  [{ field: "ip.src", value: "10.0.0.0/255.0.0.0" }, 0x0a000000n, 0xff000000n],
  [{ field: "ip.src", value: "10.0.0.0", mask: Uint8Array.of(255, 0, 0, 0) }, 0x0a000000n, 0xff000000n],
  [{ field: "ip.src", value: "10.0.0.0", mask: 0xff000000n }, 0x0a000000n, 0xff000000n],
  [{ field: "ip.src", value: "10.0.0.1/255.0.0.255" }, 0x0a000001n, 0xff0000ffn],
  [{ field: "ip.src", value: "0.0.0.0/0" }, 0n, 0n],
  [{ field: "ip.src", value: "0.0.0.0/0x0" }, 0n, 0n],
  [{ field: "ip.src", value: "10.0.0.1/32" }, 0x0a000001n, undefined],
  [{ field: "eth.src", value: "00:11:22:00:00:00/24" }, 0x001122000000n, 0xffffff000000n],
  [{ field: "eth.src", value: "01:00:00:00:00:00/01:00:00:00:00:00" }, 1n << 40n, 1n << 40n],
  [{ field: "ipv6.src", value: "fe80::/10" }, 0xfe80n << 112n, 0xffc0n << 112n],
  [{ field: "ip.dsfield", value: "0xb8/0xfc" }, 0xb8n, 0xfcn],
  [{ field: "ip.dsfield", value: "8/8" }, 8n, 8n],
  [{ field: "ip.dsfield", value: 0xb8, mask: 0xfc }, 0xb8n, 0xfcn],
  [{ field: "ip.dsfield", value: "0/0" }, 0n, 0n],
  [{ field: "tcp.port", value: "80/0xffff" }, 80n, undefined],
  [{ field: "vlan.id", value: "0x100/0xf00" }, 0x100n, 0xf00n],
];

for (const [input, value, mask] of MASKS) {
  Deno.test(`createMatch() reads ${String(input.value)} with ${String(input.mask ?? "no mask apart")}`, () => {
    assert.deepEqual(operandOf(input), { kind: "value", value, ...(mask !== undefined && { mask }) });
  });
}

Deno.test("createMatch() clears the bits below a mask, and warns", () => {
  for (
    const [field, value, expected] of [["ip.src", "10.1.2.3/8", 0x0a000000n], ["ip.ttl", "0x4f/0xf0", 0x40n]] as const
  ) {
    const warnings: Diagnostic[] = [];
    const { operand } = createMatch({ field, value }, (found) => warnings.push(found));
    assert.deepEqual(warnings.map(({ severity, code }) => [severity, code]), [["warning", "host-bits"]]);
    assert.ok(operand.kind === "value" && operand.value === expected);
  }
});

const SETS: readonly [field: string, value: MatchInput["value"], ranges: [bigint, bigint][]][] = [
  ["tcp.port", [], []],
  ["tcp.port", [22, 80n, "443"], [[22n, 22n], [80n, 80n], [443n, 443n]]],
  ["tcp.port", ["80..90", 443], [[80n, 90n], [443n, 443n]]],
  ["tcp.port", [{ lo: 1, hi: "5" }], [[1n, 5n]]],
  ["tcp.port", [443, 22], [[22n, 22n], [443n, 443n]]],
  ["tcp.port", ["1..5", "6..9"], [[1n, 9n]]],
  ["tcp.port", ["1..9", "3..5"], [[1n, 9n]]],
  ["tcp.port", ["1..5", "3..9"], [[1n, 9n]]],
  ["tcp.port", [7, 7, 7], [[7n, 7n]]],
  ["tcp.port", ["0..65535"], [[0n, 65535n]]],
  ["tcp.port", [Uint8Array.of(0, 80)], [[80n, 80n]]],
  ["ip.src", ["10.0.0.0/8", "11.0.0.0/8"], [[0x0a000000n, 0x0bffffffn]]],
  ["ip.src", ["192.0.2.1..192.0.2.9"], [[0xc0000201n, 0xc0000209n]]],
  ["ip.src", ["0.0.0.0/0"], [[0n, 0xffffffffn]]],
  ["ip.src", ["192.0.2.0/255.255.255.0"], [[0xc0000200n, 0xc00002ffn]]],
  ["eth.type", ["ip", "arp"], [[0x0800n, 0x0800n], [0x0806n, 0x0806n]]],
];

for (const [field, value, ranges] of SETS) {
  Deno.test(`createMatch() reads the set of ${(value as unknown[]).length}: ${JSON.stringify(value, String)} of ${field}`, () => {
    assert.deepEqual(operandOf({ field, value }), { kind: "set", ranges: ranges.map(([lo, hi]) => ({ lo, hi })) });
  });
}

Deno.test("createMatch() keeps IPv6 entries of a set on an IPv4 field apart", () => {
  assert.deepEqual(operandOf({ field: "ip.src", value: ["10.0.0.1", "::1", "::/127"] }), {
    kind: "set",
    ranges: [{ lo: 0x0a000001n, hi: 0x0a000001n }],
    ipv6Ranges: [{ lo: 0n, hi: 1n }],
  });
  const bytes = bigintToBytes(1n, 16);
  assert.deepEqual(operandOf({ field: "ip.addr", value: [bytes] }), {
    kind: "set",
    ranges: [],
    ipv6Ranges: [{ lo: 1n, hi: 1n }],
  });
});

Deno.test("createMatch() keeps a set's mask", () => {
  assert.deepEqual(operandOf({ field: "ip.ttl", value: [0x40, 0x80], mask: 0xf0 }), {
    kind: "set",
    ranges: [{ lo: 0x40n, hi: 0x40n }, { lo: 0x80n, hi: 0x80n }],
    mask: 0xf0n,
  });
});

Deno.test("createMatch() gives a frozen value, to the last range", () => {
  for (const input of [{ field: "ip.src", value: "10.0.0.0/8" }, { field: "ip.src", value: ["10.0.0.1", "::1"] }]) {
    const match = createMatch(input);
    const { operand } = match;
    const parts: unknown[] = [match, operand];
    if (operand.kind === "set") {
      parts.push(operand.ranges, operand.ipv6Ranges, ...operand.ranges, operand.ipv6Ranges?.at(0));
    }
    parts.forEach((part) => assert.ok(Object.isFrozen(part)));
  }
});

Deno.test("createMatch() does not follow later changes of the bytes it was given", () => {
  const bytes = Uint8Array.of(10, 0, 0, 1);
  const match = createMatch({ field: "ip.src", value: bytes });
  bytes[0] = 11;
  assert.deepEqual(match.operand, { kind: "value", value: 0x0a000001n });
});

const REFUSALS: readonly [code: string, input: MatchInput][] = [
  ["unknown-field", { field: "ip.none", value: 1 }],
  ["unknown-field", { field: "__proto__", value: 1 }],
  ["unknown-operator", { field: "ip.ttl", operator: "=" as "==", value: 1 }],
  ["set-needs-in", { field: "ip.ttl", operator: "==", value: [1, 2] }],
  ["set-needs-in", { field: "ip.ttl", operator: "<", value: [1] }],
  ["bad-value", { field: "ip.ttl", value: "x" }],
  ["bad-value", { field: "ip.ttl", value: "" }],
  ["bad-value", { field: "ip.ttl", value: "064" }],
  ["bad-value", { field: "ip.ttl", value: "-1" }],
  ["bad-value", { field: "ip.ttl", value: "1e2" }],
  ["bad-value", { field: "ip.ttl", value: 1.5 }],
  ["bad-value", { field: "ip.ttl", value: NaN }],
  ["bad-value", { field: "ip.ttl", value: Infinity }],
  ["bad-value", { field: "ipv6.src", value: 2 ** 60 }],
  ["bad-value", { field: "ip.ttl", value: null as unknown as string }],
  ["bad-value", { field: "ip.ttl", value: undefined as unknown as string }],
  ["bad-value", { field: "ip.ttl", value: {} as unknown as string }],
  ["bad-value", { field: "ip.ttl", value: [null] as unknown as string[] }],
  ["bad-value", { field: "ip.ttl", value: [undefined] as unknown as string[] }],
  ["bad-value", { field: "ip.ttl", value: [{}] as unknown as string[] }],
  ["bad-value", { field: "ip.ttl", value: [[1]] as unknown as string[] }],
  ["bad-value", { field: "ip.src", value: "10.0.0" }],
  ["bad-value", { field: "ip.src", value: "::1" }],
  ["bad-value", { field: "ipv6.src", value: "10.0.0.1" }],
  ["bad-value", { field: "eth.src", value: "1" }],
  ["bad-value", { field: "eth.type", value: "ipx" }],
  ["bad-value", { field: "eth.type", value: "constructor" }],
  ["bad-value", { field: "tcp.port", value: "http" }],
  ["bad-value", { field: "tcp.port", value: "80..90" }],
  ["bad-value", { field: "tcp.port", value: ["80.."] }],
  ["bad-value", { field: "tcp.port", value: ["1..2..3"] }],
  ["bad-value", { field: "ip.src", value: ["10.0.0.0/255.0.x.0"] }],
  ["bad-value", { field: "ip.dsfield", value: "1/x" }],
  ["bad-value", { field: "ip.src", value: "10.0.0.0/8/8" }],
  ["out-of-range", { field: "ip.ttl", value: 256 }],
  ["out-of-range", { field: "ip.ttl", value: -1 }],
  ["out-of-range", { field: "ip.ttl", value: 256n }],
  ["out-of-range", { field: "ip.ttl", value: "0x100" }],
  ["out-of-range", { field: "vlan.id", value: 4096 }],
  ["out-of-range", { field: "vlan.priority", value: 8 }],
  ["out-of-range", { field: "vlan.id", value: Uint8Array.of(0x10, 0x00) }],
  ["out-of-range", { field: "tcp.port", value: ["65535..65536"] }],
  ["out-of-range", { field: "ip.dsfield", value: "1/0x1ff" }],
  ["out-of-range", { field: "ip.src", value: "10.0.0.0/0x1ffffffff" }],
  ["out-of-range", { field: "ip.ttl", value: 1, mask: 256 }],
  ["bad-length", { field: "ip.src", value: Uint8Array.of(10, 0, 0) }],
  ["bad-length", { field: "ip.src", value: new Uint8Array(16) }],
  ["bad-length", { field: "ip.ttl", value: 1, mask: Uint8Array.of(0, 1) }],
  ["bad-prefix", { field: "ip.src", value: "10.0.0.0/33" }],
  ["bad-prefix", { field: "ipv6.src", value: ["::/129"] }],
  ["bad-prefix", { field: "eth.src", value: "00:00:00:00:00:00/49" }],
  ["bad-mask", { field: "ip.src", value: "10.0.0.0", mask: 8 }],
  ["reversed-range", { field: "tcp.port", value: ["90..80"] }],
  ["reversed-range", { field: "tcp.port", value: [{ lo: 2, hi: 1 }] }],
  ["reversed-range", { field: "ip.src", value: ["10.0.0.2..10.0.0.1"] }],
  ["mask-in-set", { field: "ip.dsfield", value: ["0xb8/0xfc"] }],
  ["mask-in-set", { field: "ip.src", value: ["10.0.0.1/255.0.0.255"] }],
];

for (const [code, input] of REFUSALS) {
  Deno.test(`createMatch() refuses with ${code}: ${Deno.inspect(input, { compact: true, breakLength: Infinity })}`, () => {
    const found = refusal(input);
    assert.deepEqual(found.map((one) => [one.severity, one.code]), [["error", code]]);
  });
}

Deno.test("createMatch() reports every bad entry of a set", () => {
  const found = refusal({ field: "tcp.port", value: ["x", 80, 65536, "9..1"] });
  assert.deepEqual(found.map(({ code }) => code), ["bad-value", "out-of-range", "reversed-range"]);
});

Deno.test("createMatch() reports no warnings among the errors", () => {
  const found = refusal({ field: "ip.src", value: ["10.0.0.1/8", "x"] });
  assert.deepEqual(found.map(({ severity }) => severity), ["error"]);
});

Deno.test("createMatch() reads raw bytes of any value of any field as that value", () => {
  const anyField = fc.constantFrom(...FIELDS);
  const pair = anyField.chain((field) =>
    fc.tuple(fc.constant(field), fc.bigInt({ min: 0n, max: (1n << BigInt(field.widthBits)) - 1n }))
  );
  fc.assert(fc.property(pair, ([field, value]) => {
    const expected = { kind: "value", value };
    assert.deepEqual(operandOf({ field: field.name, value: bigintToBytes(value, bytesForField(field)) }), expected);
    assert.deepEqual(operandOf({ field: field.name, value }), expected);
  }));
});

Deno.test("createMatch() throws nothing but FilterError", () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.uint8Array({ maxLength: 17 }),
    fc.anything(),
  );
  const input = fc.record({
    field: fc.constantFrom(...FIELDS.map(({ name }) => name), "none"),
    operator: fc.constantFrom(...OPERATORS),
    value: fc.oneof(value, fc.array(value, { maxLength: 3 })),
    mask: fc.option(value, { nil: undefined }),
  });
  fc.assert(
    fc.property(input, (one) => {
      try {
        createMatch(one as MatchInput);
      } catch (error) {
        assert.ok(error instanceof FilterError, String(error));
        assert.ok(error.diagnostics.length > 0);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("joinRanges() gives ascending ranges that do not touch, of the same members", () => {
  const range = fc.tuple(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 8n }))
    .map(([lo, length]) => ({ lo, hi: lo + length }));
  fc.assert(fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
    const joined = joinRanges(ranges);
    [...joined].slice(1).forEach((one, index) => assert.ok(one.lo > joined.at(index)!.hi + 1n));
    for (let value = 0n; value <= 50n; value++) {
      const isIn = (list: Ranges) => list.some(({ lo, hi }) => lo <= value && value <= hi);
      assert.equal(isIn(joined), isIn(ranges));
    }
  }));
});
