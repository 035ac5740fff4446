import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from "../../lib/net/address.ts";

const unsigned = (widthBits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(widthBits)) - 1n });

Deno.test("parseMac() reads six bytes of one or two digits, with one kind of separator", () => {
  assert.equal(parseMac("00:11:22:33:44:55"), 0x001122334455n);
  assert.equal(parseMac("00-11-22-33-44-55"), 0x001122334455n);
  assert.equal(parseMac("0:1:2:a:B:ff"), 0x0001020a0bffn);
  assert.equal(parseMac("FF:FF:FF:FF:FF:FF"), 0xffffffffffffn);
});

for (
  const text of [
    "",
    "00:11:22:33:44",
    "00:11:22:33:44:55:66",
    "00:11:22:33:44:5g",
    "00:11-22:33:44:55",
    "000:11:22:33:44:55",
    "00:11:22:33:44:",
    " 00:11:22:33:44:55",
    "00:11:22:33:44:55\n",
    "001122334455",
    "0011.2233.4455",
  ]
) {
  Deno.test(`parseMac() refuses ${JSON.stringify(text)}`, () => assert.equal(parseMac(text), undefined));
}

Deno.test("formatMac() writes lower case and leading zeros", () => {
  assert.equal(formatMac(0n), "00:00:00:00:00:00");
  assert.equal(formatMac(0x000a0bccddeen), "00:0a:0b:cc:dd:ee");
});

Deno.test("parseIpv4() reads four decimal bytes", () => {
  assert.equal(parseIpv4("0.0.0.0"), 0n);
  assert.equal(parseIpv4("192.0.2.1"), 0xc0000201n);
  assert.equal(parseIpv4("255.255.255.255"), 0xffffffffn);
});

for (
  const text of [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.0.0.1",
    "1.2.3.999",
    "01.2.3.4",
    "1.2.3.00",
    "1.2.3.-4",
    "1.2.3.4 ",
    "1.2.3.4\n",
    "0x1.2.3.4",
    "1..2.3",
    "16909060",
    "::1",
    "１.2.3.4",
  ]
) {
  Deno.test(`parseIpv4() refuses ${JSON.stringify(text)}`, () => assert.equal(parseIpv4(text), undefined));
}

Deno.test("parseIpv6() reads what RFC 4291 section 2.2 writes", () => {
  assert.equal(parseIpv6("::"), 0n);
  assert.equal(parseIpv6("::1"), 1n);
  assert.equal(parseIpv6("2001:DB8:0:0:8:800:200C:417A"), 0x20010db80000000000080800200c417an);
  assert.equal(parseIpv6("2001:db8::8:800:200c:417a"), 0x20010db80000000000080800200c417an);
  assert.equal(parseIpv6("ff01::101"), 0xff010000000000000000000000000101n);
  assert.equal(parseIpv6("::ffff:129.144.52.38"), 0xffff81903426n);
  assert.equal(parseIpv6("::13.1.68.3"), 0x0d014403n);
  assert.equal(parseIpv6("64:ff9b::192.0.2.33"), 0x64ff9b0000000000000000c0000221n);
  assert.equal(parseIpv6("1:2:3:4:5:6:1.2.3.4"), 0x00010002000300040005000601020304n);
  assert.equal(parseIpv6("1::"), 1n << 112n);
});

for (
  const text of [
    "",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "12345::",
    "g::1",
    "fe80::1%eth0",
    "[::1]",
    "::1/64",
    "192.0.2.1",
    "1234",
    " ::1",
    "::1\n",
  ]
) {
  Deno.test(`parseIpv6() refuses ${JSON.stringify(text)}`, () => assert.equal(parseIpv6(text), undefined));
}

Deno.test("formatIpv6() writes the canonical text of RFC 5952", () => {
  // Section 4: no leading zeros, the longest run of zeros shortened, the first of two, never one group alone.
  assert.equal(formatIpv6(0n), "::");
  assert.equal(formatIpv6(1n), "::1");
  assert.equal(formatIpv6(0x20010db8000000000000000000000001n), "2001:db8::1");
  assert.equal(formatIpv6(0x20010db8000000010001000100010001n), "2001:db8:0:1:1:1:1:1");
  assert.equal(formatIpv6(0x20010000000000010000000000000001n), "2001:0:0:1::1");
  assert.equal(formatIpv6(0x20010db8000000000001000000000001n), "2001:db8::1:0:0:1");
  assert.equal(formatIpv6(0x20010db800aaaaaaaaaaaaaaaaaaaaaan), "2001:db8:aa:aaaa:aaaa:aaaa:aaaa:aaaa");
});

const FORMS = [
  { name: "Mac", widthBits: 48, parse: parseMac, format: formatMac },
  { name: "Ipv4", widthBits: 32, parse: parseIpv4, format: formatIpv4 },
  { name: "Ipv6", widthBits: 128, parse: parseIpv6, format: formatIpv6 },
];

for (const { name, widthBits, parse, format } of FORMS) {
  Deno.test(`parse${name}() is the inverse of format${name}()`, () => {
    fc.assert(fc.property(unsigned(widthBits), (value) => assert.equal(parse(format(value)), value)));
  });

  Deno.test(`parse${name}() gives undefined or a value of ${widthBits} bits, and throws nothing`, () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-fA-F:.\-/%]{0,45}$/));
    fc.assert(fc.property(text, (one) => {
      const value = parse(one);
      assert.ok(value === undefined || (value >= 0n && value < 1n << BigInt(widthBits)));
    }));
  });
}

Deno.test("parseIpv6() reads every address in its long form", () => {
  fc.assert(fc.property(unsigned(128), (value) => {
    const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
    assert.equal(parseIpv6(groups.map((group) => group.toString(16)).join(":")), value);
    assert.equal(parseIpv6(groups.map((group) => group.toString(16).padStart(4, "0").toUpperCase()).join(":")), value);
  }));
});
