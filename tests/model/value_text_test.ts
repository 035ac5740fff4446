import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { fieldNamed, FIELDS } from "../../lib/model/fields.ts";
import {
  formatMask,
  formatRange,
  formatValue,
  parseInteger,
  parseMask,
  parseRange,
  parseValue,
} from "../../lib/model/value_text.ts";
import { isProblem } from "../../lib/model/problem.ts";
import { allOnes, prefixMask } from "../../lib/net/bytes.ts";

/** A field and values that it may have. */
const fieldAnd = (count: number) =>
  fc.constantFrom(...FIELDS).chain((field) => {
    const value = fc.bigInt({ min: 0n, max: allOnes(field.widthBits) });
    return fc.tuple(fc.constant(field), fc.array(value, { minLength: count, maxLength: count }));
  });

Deno.test("parseValue() is the inverse of formatValue()", () => {
  fc.assert(fc.property(fieldAnd(1), ([field, [value]]) => {
    assert.equal(parseValue(field, formatValue(field, value!)), value);
  }));
});

Deno.test("parseMask() is the inverse of formatMask(), for any mask and for every prefix", () => {
  fc.assert(fc.property(fieldAnd(1), ([field, [mask]]) => {
    assert.equal(parseMask(field, formatMask(field, mask!)), mask);
  }));
  for (const field of FIELDS) {
    for (let length = 0; length <= field.widthBits; length++) {
      const mask = prefixMask(length, field.widthBits);
      assert.equal(parseMask(field, formatMask(field, mask)), mask, field.name);
    }
  }
});

Deno.test("parseRange() is the inverse of formatRange()", () => {
  fc.assert(fc.property(fieldAnd(2), ([field, [a, b]]) => {
    const range = a! < b! ? { lo: a!, hi: b! } : { lo: b!, hi: a! };
    assert.deepEqual(parseRange(field, formatRange(field, range), () => assert.fail("a warning")), range);
  }));
});

Deno.test("parseRange() is the inverse of formatRange() for every prefix of an address", () => {
  for (const field of [fieldNamed("ip.src"), fieldNamed("ipv6.src"), fieldNamed("eth.src")]) {
    for (let length = 0; length <= field.widthBits; length++) {
      const mask = prefixMask(length, field.widthBits);
      const lo = 0xa5a5a5a5_a5a5a5a5_a5a5a5a5_a5a5a5a5n >> BigInt(128 - field.widthBits) & mask;
      const range = { lo, hi: lo | (mask ^ allOnes(field.widthBits)) };
      const text = formatRange(field, range);
      assert.deepEqual(parseRange(field, text, () => assert.fail("a warning")), range, text);
      if (length < field.widthBits) assert.ok(text.endsWith(`/${length}`), text);
    }
  }
});

Deno.test("format functions write what people write", () => {
  const format = (name: string, value: bigint) => formatValue(fieldNamed(name), value);
  assert.equal(format("eth.type", 0x0800n), "ip");
  assert.equal(format("eth.type", 0x1234n), "0x1234");
  assert.equal(format("ip.proto", 6n), "tcp");
  assert.equal(format("ip.proto", 200n), "200");
  assert.equal(format("ip.dsfield", 0xb8n), "0xb8");
  assert.equal(format("tcp.port", 443n), "443");
  assert.equal(formatMask(fieldNamed("ip.src"), 0xffffff00n), "24");
  assert.equal(formatMask(fieldNamed("ip.src"), 0xff0000ffn), "255.0.0.255");
  assert.equal(formatMask(fieldNamed("tcp.port"), 0xff00n), "0xff00");
  assert.equal(formatRange(fieldNamed("ip.src"), { lo: 0x0a000000n, hi: 0x0affffffn }), "10.0.0.0/8");
  assert.equal(formatRange(fieldNamed("ip.src"), { lo: 0x0a000001n, hi: 0x0affffffn }), "10.0.0.1..10.255.255.255");
  assert.equal(formatRange(fieldNamed("tcp.port"), { lo: 0n, hi: 255n }), "0..255");
});

Deno.test("flags of TCP are names in any order, or numbers; what has no name is a number", () => {
  const shape = fieldNamed("tcp.flags");
  for (const text of ["syn|ack", "ack|syn", "SYN|Ack", "syn|ack|syn", "0x12", "18"]) {
    assert.equal(parseValue(shape, text), 0x12n, text);
    assert.equal(parseMask(shape, text), 0x12n, text);
  }
  assert.equal(parseValue(shape, "fin|syn|rst|psh|ack|urg|ece|cwr|ae"), 0x1ffn);
  for (const text of ["", "|", "syn|", "syn |ack", "syn+ack", "sin", "syn|0x10", "constructor"]) {
    assert.ok(isProblem(parseValue(shape, text)), text);
  }
  assert.ok(isProblem(parseValue(shape, "0x1000")));
  const written = {
    0x12: "syn|ack",
    0x1ff: "fin|syn|rst|psh|ack|urg|ece|cwr|ae",
    0x0: "0x0",
    0x212: "0x212",
    0xfff: "0xfff",
  };
  for (const [value, text] of Object.entries(written)) assert.equal(formatValue(shape, BigInt(value)), text);
  assert.equal(formatMask(shape, 0x12n), "syn|ack");
  assert.equal(formatRange(shape, { lo: 2n, hi: 0x12n }), "0x2..0x12");
});

Deno.test("parseInteger() reads decimal and hexadecimal, and nothing that others read as octal", () => {
  assert.equal(parseInteger("0"), 0n);
  assert.equal(parseInteger("10"), 10n);
  assert.equal(parseInteger("0x0F"), 15n);
  assert.equal(parseInteger("0X0f"), 15n);
  for (const text of ["", "010", "00", "0x", "1 ", "+1", "-1", "1_000", "1e3", "0b1", "0o7", "٣", "1\n"]) {
    assert.equal(parseInteger(text), undefined, JSON.stringify(text));
  }
});
