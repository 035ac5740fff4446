import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from "../../lib/net/address.ts";
import { allOnes, prefixMask } from "../../lib/net/bytes.ts";
import { ipv4Room, ipv6Room, scanIpv4, scanIpv6 } from "../../lib/net/scan_address.ts";

const FAMILIES = {
  ipv4: { widthBits: 32, room: ipv4Room, scan: scanIpv4, parse: parseIpv4, format: formatIpv4 },
  ipv6: { widthBits: 128, room: ipv6Room, scan: scanIpv6, parse: parseIpv6, format: formatIpv6 },
} as const;

function valueOf(words: Uint32Array): bigint {
  return words.reduce((value, word) => value << 32n | BigInt(word), 0n);
}

/** Texts that look like addresses and mostly are none. */
const arbNearly = fc.array(fc.constantFrom(..."0019afF:::..//g "), { maxLength: 24 }).map((parts) => parts.join(""));
const arbGroups = fc.tuple(
  fc.array(fc.constantFrom("0", "1", "ab", "00c0", "ffff", "10000", ""), { maxLength: 9 }),
  fc.constantFrom("", "/0", "/64", "/128", "/129", "/01", "/x", "/"),
).map(([groups, length]) => groups.join(":") + length);

for (const [name, { widthBits, room, scan, parse, format }] of Object.entries(FAMILIES)) {
  Deno.test(`${scan.name}() reads every prefix of ${name} as it is written`, () => {
    const arb = fc.tuple(fc.bigInt({ min: 0n, max: allOnes(widthBits) }), fc.integer({ min: 0, max: widthBits }));
    fc.assert(fc.property(arb, fc.string(), fc.string(), ([value, length], left, right) => {
      const mask = prefixMask(length, widthBits);
      const text = length === widthBits ? format(value) : `${format(value & mask)}/${length}`;
      const found = room();
      assert.ok(scan(left + text + right, left.length, left.length + text.length, found), text);
      assert.equal(valueOf(found.lo), value & mask);
      assert.equal(valueOf(found.hi), value & mask | (mask ^ allOnes(widthBits)));
    }));
  });

  Deno.test(`${scan.name}() reads nothing that is no address, and no bits below a prefix`, () => {
    const found = room();
    fc.assert(
      fc.property(fc.oneof(arbNearly, arbGroups), (text) => {
        if (!scan(text, 0, text.length, found)) return;
        const [address, length] = text.split("/") as [string, string | undefined];
        const lo = parse(address);
        assert.equal(valueOf(found.lo), lo, text);
        const mask = prefixMask(length === undefined ? widthBits : Number(length), widthBits);
        assert.equal(valueOf(found.hi), lo! | (mask ^ allOnes(widthBits)));
        assert.equal(lo! & mask, lo);
      }),
      { numRuns: 5_000 },
    );
    assert.equal(scan(format(1n) + "/8", 0, format(1n).length + 2, found), false);
  });
}
