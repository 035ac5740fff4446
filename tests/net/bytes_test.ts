import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { allOnes, bigintToBytes, bytesToBigint, parseHex, prefixLength, prefixMask } from "../../lib/net/bytes.ts";

Deno.test("bytesToBigint() reads network byte order", () => {
  assert.equal(bytesToBigint(Uint8Array.of()), 0n);
  assert.equal(bytesToBigint(Uint8Array.of(0x12, 0x34, 0x56)), 0x123456n);
  assert.equal(bytesToBigint(new Uint8Array(16).fill(0xff)), (1n << 128n) - 1n);
});

Deno.test("bigintToBytes() writes network byte order and leaves out what does not fit", () => {
  assert.deepEqual(bigintToBytes(0x1234n, 4), Uint8Array.of(0, 0, 0x12, 0x34));
  assert.deepEqual(bigintToBytes(0x123456n, 2), Uint8Array.of(0x34, 0x56));
  assert.deepEqual(bigintToBytes(0n, 0), Uint8Array.of());
});

Deno.test("bigintToBytes() is the inverse of bytesToBigint()", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
    assert.deepEqual([...bigintToBytes(bytesToBigint(bytes), bytes.length)], [...bytes]);
  }));
});

Deno.test("allOnes() has as many ones as bits", () => {
  assert.equal(allOnes(0), 0n);
  assert.equal(allOnes(3), 7n);
  assert.equal(allOnes(12), 4095n);
  assert.equal(allOnes(128), 0xffffffff_ffffffff_ffffffff_ffffffffn);
});

Deno.test("prefixMask() has its ones at the top", () => {
  assert.equal(prefixMask(0, 32), 0n);
  assert.equal(prefixMask(1, 32), 0x80000000n);
  assert.equal(prefixMask(9, 32), 0xff800000n);
  assert.equal(prefixMask(24, 32), 0xffffff00n);
  assert.equal(prefixMask(32, 32), 0xffffffffn);
  assert.equal(prefixMask(24, 48), 0xffffff000000n);
  assert.equal(prefixMask(64, 128), 0xffffffffffffffff0000000000000000n);
});

Deno.test("prefixLength() is the inverse of prefixMask()", () => {
  for (const widthBits of [8, 16, 32, 48, 128]) {
    for (let length = 0; length <= widthBits; length++) {
      assert.equal(prefixLength(prefixMask(length, widthBits), widthBits), length);
    }
  }
});

Deno.test("prefixLength() gives undefined for a mask that is no prefix", () => {
  for (const mask of [1n, 0xffn, 0x7fffffffn, 0xff00ff00n, 0xfffffffdn]) {
    assert.equal(prefixLength(mask, 32), undefined);
  }
});

Deno.test("parseHex() reads digits with white space, : and - between bytes", () => {
  assert.deepEqual(parseHex(""), Uint8Array.of());
  assert.deepEqual(parseHex("0x00fF"), Uint8Array.of(0x00, 0xff));
  assert.deepEqual(parseHex("00 11\n22\t33"), Uint8Array.of(0x00, 0x11, 0x22, 0x33));
  assert.deepEqual(parseHex("00:11-22"), Uint8Array.of(0x00, 0x11, 0x22));
});

Deno.test("parseHex() refuses half a byte and what is no digit", () => {
  for (const text of ["0", "001", "0g", "00,11", "zz"]) {
    assert.equal(parseHex(text), undefined, text);
  }
});

Deno.test("parseHex() reads what toHex() writes", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assert.deepEqual([...parseHex(Uint8Array.from(bytes).toHex()) ?? [-1]], [...bytes]);
  }));
});
