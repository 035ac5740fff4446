import assert from "node:assert/strict";
import { ip4, ip6, mac } from "./addresses.ts";
import {
  ah,
  arp,
  cfm,
  cut,
  erspan2,
  erspan3,
  ethernet,
  fragment,
  frame,
  geneve,
  geneveOption,
  gre,
  gtp,
  hopByHop,
  inMetadata,
  ipv4,
  ipv6,
  type Layer,
  mpls,
  pad,
  payload,
  pppoe,
  sctp,
  stack,
  tcp,
  udp,
  vlan,
  vxlan,
} from "./build.ts";

/** Frames as one reads them in a hex dump, white space aside. */
function hex(text: string): string {
  return text.replaceAll(/\s/g, "");
}

Deno.test("frame() builds TCP over IPv4 byte for byte", () => {
  const packet = frame(
    ethernet({ dst: "00:11:22:33:44:55", src: "66:77:88:99:aa:bb" }),
    ipv4({ src: "192.0.2.1", dst: "198.51.100.2", tos: 0xb8, ttl: 63, dontFragment: true }),
    tcp({ src: 0x1234, dst: 80, flags: 0x12 }),
  );
  assert.equal(
    packet.bytes.toHex(),
    hex(`001122334455 66778899aabb 0800
         45 b8 0028 1234 4000 3f 06 0000 c0000201 c6336402
         1234 0050 00000001 00000000 50 12 ffff 0000 0000`),
  );
});

Deno.test("frame() builds UDP over IPv6 with a chain behind two tags byte for byte", () => {
  const packet = frame(
    ethernet({ dst: "00:11:22:33:44:55", src: "66:77:88:99:aa:bb" }),
    vlan({ tpid: 0x88a8, priority: 5, dei: 1, id: 0x123 }),
    vlan({ tci: 0x2004 }),
    ipv6({ src: "2001:db8::1", dst: "fe80::", tclass: 0xb8, flowLabel: 0x12345, hlim: 9 }),
    hopByHop({ size: 16 }),
    fragment({ offset: 0x102, more: true }),
    udp({ src: 53, dst: 0x8000 }),
    payload([0xaa]),
  );
  assert.equal(
    packet.bytes.toHex(),
    hex(`001122334455 66778899aabb 88a8
         b123 8100 2004 86dd
         6b812345 0021 00 09 20010db8000000000000000000000001 fe800000000000000000000000000000
         2c 01 01 0c 000000000000000000000000
         11 00 0811 deadbeef
         0035 8000 0009 0000 aa`),
  );
});

Deno.test("ah() says its length in units of four bytes, less two", () => {
  const packet = frame(ethernet(), ipv6(), ah({ spi: 0xcafe1234, size: 12 }), sctp());
  assert.equal(packet.bytes.subarray(54, 66).toHex(), hex("84 01 0000 cafe1234 5a5a5a5a"));
});

Deno.test("arp(), mpls(), pppoe() and cfm() build what is behind their types byte for byte", () => {
  const behind = (...layers: Layer[]) => frame(ethernet(), ...layers).bytes.subarray(12).toHex();
  assert.equal(
    behind(arp({ type: 0x8035, opcode: 3, targetMac: "02:00:00:00:00:0c", targetIp: "10.0.0.1" })),
    hex("8035 0001 0800 06 04 0003 02000000000a c0000201 02000000000c 0a000001"),
  );
  assert.equal(
    behind(mpls({ label: 0x12345, exp: 5, ttl: 9 }), mpls({ label: 0xfffff, exp: 7, ttl: 255 }), ipv4()).slice(0, 22),
    hex("8847 12345a09 ffffffff 45"),
  );
  assert.equal(
    behind(pppoe({ session: 0xabcd }), ipv6()).slice(0, 22),
    hex("8864 11 00 abcd 002a 0057 60"),
  );
  assert.equal(behind(cfm({ level: 5, version: 2, opcode: 47 })), hex("8902 a2 2f 04 46"));
});

Deno.test("ipv4() takes options, fragment offsets, and lies", () => {
  const lying = ipv4({
    options: [1, 1, 1, 0],
    fragmentOffset: 5,
    moreFragments: true,
    version: 6,
    totalLength: 9,
    proto: 1,
  });
  assert.equal(
    frame(ethernet(), lying, udp()).bytes.subarray(14, 38).toHex(),
    hex("66 00 0009 1234 2005 40 01 0000 c0000201 c6336402 01010100"),
  );
});

Deno.test("tunnels are built byte for byte", () => {
  const above = (...layers: Layer[]) => frame(...layers).bytes.toHex();
  assert.equal(above(vxlan({ flags: 0x88, gbp: 0x400063, vni: 0x123456, reserved: 1 })), hex("88 400063 123456 01"));
  assert.equal(
    above(geneve({ flags: 0x40, vni: 10, options: geneveOption(0x102, 0x80, [1, 2, 3, 4]) })),
    hex("02 40 6558 00000a 00  0102 80 01 01020304"),
  );
  assert.equal(
    above(gre({ type: 0x6558, checksum: true, key: 0x12345678, sequence: 9 })),
    hex("b000 6558 abcd0000 12345678 00000009"),
  );
  assert.equal(
    above(gre({ sequence: 9 }), erspan2({ vlan: 0x64, session: 0x123, index: 0x12345 })),
    hex("1000 88be 00000009  1064 0123 00012345"),
  );
  assert.equal(
    above(gre(), erspan3({ bits: 0x3f, session: 5, tag: 7, hwId: 0x29, direction: 1, others: 0xffff })),
    hex("0000 22eb  2000 fc05 01020304 0007 fe9f"),
  );
  assert.equal(
    above(gtp({ teid: 0xcafe1234, sequence: true, session: { pduType: 1, qfi: 9 } }), payload([1, 2])),
    hex("36 ff 0002 cafe1234 0007 00 85  01 10 09 00  0102"),
  );
  assert.equal(above(stack(gre(), payload([1], { type: 0x1234 })), payload([2])), hex("0000 1234 01 02"));
});

Deno.test("cut(), pad() and inMetadata() change nothing but what they say", () => {
  const packet = frame(ethernet(), payload([1, 2, 3]));
  assert.equal(cut(packet, 15).bytes.length, 15);
  assert.equal(pad(packet, 20, 0xff).bytes.subarray(14).toHex(), "010203ffffff");
  assert.equal(pad(packet, 5).bytes.length, 17);
  assert.deepEqual(inMetadata({ priority: 1, id: 2 }, packet), { ...packet, vlanTag: { tpid: 0x8100, tci: 0x2002 } });
  assert.throws(() => cut(packet, 18), RangeError);
});

Deno.test("addresses are read group by group", () => {
  assert.deepEqual(mac("00:0a:ff:1:2:3"), [0, 10, 255, 1, 2, 3]);
  assert.deepEqual(ip4("10.0.255.1"), [10, 0, 255, 1]);
  assert.deepEqual(ip6("::"), new Array(16).fill(0));
  assert.deepEqual(ip6("1::2:3"), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3]);
  assert.deepEqual(ip6("fe80::"), [0xfe, 0x80, ...new Array(14).fill(0)]);
  assert.throws(() => ip4("1.2.3"), RangeError);
});
