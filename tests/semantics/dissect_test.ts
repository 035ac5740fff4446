import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { HeaderName } from "../../lib/model/layers.ts";
import { dissect, type Dissection, type Packet } from "../../lib/semantics/dissect.ts";
import {
  ah,
  arp,
  cut,
  dccp,
  destination,
  esp,
  ethernet,
  extension,
  fragment,
  frame,
  hip,
  hopByHop,
  icmp,
  icmpv6,
  inMetadata,
  ipv4,
  ipv6,
  type Layer,
  mobility,
  pad,
  payload,
  routing,
  sctp,
  shim6,
  tcp,
  udp,
  udplite,
  vlan,
} from "../packets/build.ts";

/** Names of the layers that a packet has, in the order of the table. */
function layersOf(packet: Packet): HeaderName[] {
  const order: HeaderName[] = [
    "eth",
    "svlan",
    "cvlan",
    "ethertype",
    "ipv4",
    "ipv6",
    "ah",
    "l4proto",
    "l4data",
    "ports",
  ];
  const { layers } = dissect(packet);
  return order.filter((name) => layers[name] !== undefined);
}

function hexOf({ layers }: Dissection, name: HeaderName): string | undefined {
  return layers[name]?.toHex();
}

Deno.test("Ethernet: dissect() finds no layer in fewer than 14 bytes, and two in 14", () => {
  const packet = frame(ethernet({ dst: "00:11:22:33:44:55", src: "66:77:88:99:aa:bb", type: 0x88b5 }));
  for (let length = 0; length < 14; length++) assert.deepEqual(layersOf(cut(packet, length)), []);
  assert.deepEqual(layersOf(inMetadata({}, cut(packet, 13))), []);
  const found = dissect(packet);
  assert.equal(hexOf(found, "eth"), "00112233445566778899aabb88b5");
  assert.equal(hexOf(found, "ethertype"), "88b5");
  assert.match(found.end ?? "", /neither IPv4 nor IPv6/);
});

for (const tpid of [0x8100, 0x88a8, 0x9100]) {
  Deno.test(`VLAN: dissect() reads a tag 0x${tpid.toString(16)}`, () => {
    const found = dissect(frame(ethernet(), vlan({ tpid, tci: 0xb123 }), arp()));
    assert.equal(hexOf(found, "svlan"), `${tpid.toString(16)}b1230806`);
    assert.equal(hexOf(found, "ethertype"), "0806");
    assert.equal(found.layers.cvlan, undefined);
  });
}

for (const tpid of [0x9200, 0x8101, 0x0081]) {
  Deno.test(`VLAN: dissect() takes 0x${tpid.toString(16)} for no tag`, () => {
    const packet = frame(ethernet(), vlan({ tpid }), ipv4(), udp());
    assert.deepEqual(layersOf(packet), ["eth", "ethertype"]);
  });
}

Deno.test("VLAN: dissect() takes the first of two tags as svlan, the second as cvlan", () => {
  const found = dissect(frame(ethernet(), vlan({ tpid: 0x88a8, tci: 1 }), vlan({ tci: 2 }), ipv4(), udp()));
  assert.equal(hexOf(found, "svlan"), "88a800018100");
  assert.equal(hexOf(found, "cvlan"), "810000020800");
  assert.equal(hexOf(found, "ethertype"), "0800");
  assert.ok(found.layers.ports);
});

Deno.test("VLAN: dissect() ends at a third tag, whose type is the innermost", () => {
  const found = dissect(frame(ethernet(), vlan(), vlan(), vlan({ tpid: 0x9100 }), ipv4(), udp()));
  assert.equal(hexOf(found, "ethertype"), "9100");
  assert.equal(found.layers.ipv4, undefined);
  assert.match(found.end ?? "", /third VLAN tag/);
});

Deno.test("VLAN: dissect() ends at a tag that is cut, whose type is the innermost", () => {
  const one = frame(ethernet(), vlan(), ipv4());
  const two = frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ipv4());
  for (const length of [14, 15, 16, 17]) {
    assert.deepEqual(layersOf(cut(one, length)), ["eth", "ethertype"], `${length} bytes`);
    assert.equal(hexOf(dissect(cut(one, length)), "ethertype"), "8100");
  }
  for (const length of [18, 21]) {
    assert.deepEqual(layersOf(cut(two, length)), ["eth", "svlan", "ethertype"], `${length} bytes`);
    assert.equal(hexOf(dissect(cut(two, length)), "svlan"), "88a800018100");
    assert.equal(hexOf(dissect(cut(two, length)), "ethertype"), "8100");
  }
  assert.match(dissect(cut(one, 17)).end ?? "", /tag is cut/);
  assert.deepEqual(layersOf(cut(one, 18)), ["eth", "svlan", "ethertype"]);
});

Deno.test("TC: dissect() takes a tag in metadata as the outer one", () => {
  const alone = dissect(inMetadata({ tpid: 0x88a8, tci: 0xb123 }, frame(ethernet(), ipv4(), udp())));
  assert.equal(hexOf(alone, "svlan"), "88a8b1230800");
  assert.equal(alone.layers.cvlan, undefined);
  assert.ok(alone.layers.ports);
  const withOne = dissect(inMetadata({ tci: 1 }, frame(ethernet(), vlan({ tci: 2 }), ipv6(), udp())));
  assert.equal(hexOf(withOne, "svlan"), "810000018100");
  assert.equal(hexOf(withOne, "cvlan"), "8100000286dd");
  assert.ok(withOne.layers.ports);
});

Deno.test("TC: dissect() counts a tag in metadata and two in the packet as three", () => {
  const found = dissect(inMetadata({ tci: 1 }, frame(ethernet(), vlan({ tci: 2 }), vlan({ tci: 3 }), ipv4(), udp())));
  assert.equal(hexOf(found, "cvlan"), "810000028100");
  assert.equal(hexOf(found, "ethertype"), "8100");
  assert.equal(found.layers.ipv4, undefined);
  assert.match(found.end ?? "", /third/);
});

Deno.test("IPv4: dissect() needs version 4, a header length of 20 bytes or more, and the whole header", () => {
  const broken: readonly [Packet, RegExp][] = [
    [cut(frame(ethernet(), ipv4(), udp()), 33), /IPv4 header is cut/],
    [frame(ethernet({ type: 0x0800 })), /IPv4 header is cut/],
    [frame(ethernet(), ipv4({ version: 5 }), udp()), /version is not 4/],
    [frame(ethernet(), ipv4({ ihl: 4 }), udp()), /below 20/],
    [cut(frame(ethernet(), ipv4({ options: new Array(40).fill(1) }), udp()), 73), /options are cut/],
  ];
  for (const [packet, end] of broken) {
    assert.deepEqual(layersOf(packet), ["eth", "ethertype"], String(end));
    assert.match(dissect(packet).end ?? "", end);
  }
});

Deno.test("IPv4: dissect() skips options", () => {
  const found = dissect(frame(ethernet(), ipv4({ options: [1, 1, 1, 0] }), tcp({ src: 1, dst: 2 })));
  assert.equal(hexOf(found, "ports"), "00010002");
  assert.equal(found.layers.ipv4?.length, 24);
});

Deno.test("IPv4: dissect() does not walk AH, which is the protocol", () => {
  const found = dissect(frame(ethernet(), ipv4(), ah({ spi: 0xcafe }), tcp()));
  assert.equal(found.protocol, 51);
  assert.equal(hexOf(found, "ah"), "060400000000cafe");
  assert.equal(hexOf(found, "l4data"), "06040000");
  assert.equal(found.layers.ports, undefined);
});

for (const protocol of [0, 43, 44, 60, 135, 139, 140]) {
  Deno.test(`IPv4: dissect() takes ${protocol}, an extension header of IPv6, for the protocol`, () => {
    const found = dissect(frame(ethernet(), ipv4({ proto: protocol }), udp()));
    assert.equal(found.protocol, protocol);
    assert.equal(found.layers.ports, undefined);
    assert.deepEqual(found.extensions, []);
  });
}

Deno.test("IPv6: dissect() needs version 6 and 40 bytes", () => {
  const broken: readonly [Packet, RegExp][] = [
    [cut(frame(ethernet(), ipv6(), udp()), 53), /IPv6 header is cut/],
    [frame(ethernet(), ipv6({ version: 5 }), udp()), /version is not 6/],
  ];
  for (const [packet, end] of broken) {
    assert.deepEqual(layersOf(packet), ["eth", "ethertype"]);
    assert.match(dissect(packet).end ?? "", end);
  }
});

const EXTENSIONS: readonly [string, number, Layer][] = [
  ["hop-by-hop", 0, hopByHop({ size: 24 })],
  ["routing", 43, routing({ size: 16 })],
  ["fragment", 44, fragment()],
  ["authentication", 51, ah({ size: 20 })],
  ["destination options", 60, destination()],
  ["mobility", 135, mobility({ size: 2048 })],
  ["host identity", 139, hip({ size: 40 })],
  ["shim6", 140, shim6()],
];

for (const [name, protocol, layer] of EXTENSIONS) {
  Deno.test(`IPv6: dissect() walks ${name}`, () => {
    const found = dissect(frame(ethernet(), ipv6(), layer, tcp({ src: 1, dst: 2 })));
    assert.deepEqual(found.extensions, [{ protocol, offsetBytes: 54 }]);
    assert.equal(found.protocol, 6);
    assert.equal(hexOf(found, "ports"), "00010002");
    assert.equal(found.end, undefined);
  });
}

for (
  const [name, layer, protocol] of [["ESP", esp(), 50], [
    "no next header",
    payload([1, 2, 3, 4], { protocol: 59 }),
    59,
  ]] as const
) {
  Deno.test(`IPv6: ${name} ends the walk of dissect(), and is the protocol`, () => {
    const found = dissect(frame(ethernet(), ipv6(), hopByHop(), layer, tcp()));
    assert.equal(found.protocol, protocol);
    assert.ok(found.layers.l4data);
    assert.equal(found.layers.ports, undefined);
  });
}

Deno.test("IPv6: an unknown number ends the walk of dissect(), and is the protocol", () => {
  const found = dissect(frame(ethernet(), ipv6(), extension(253), tcp()));
  assert.equal(found.protocol, 253);
  assert.deepEqual(found.extensions, []);
});

Deno.test("IPv6: dissect() walks eight headers, and finds no protocol behind nine", () => {
  const chain = (length: number) => frame(ethernet(), ipv6(), ...new Array<Layer>(length).fill(destination()), udp());
  assert.equal(dissect(chain(8)).protocol, 17);
  assert.equal(dissect(chain(8)).extensions.length, 8);
  const found = dissect(chain(9));
  assert.equal(found.protocol, undefined);
  assert.deepEqual(layersOf(chain(9)), ["eth", "ethertype", "ipv6"]);
  assert.match(found.end ?? "", /more than eight/);
});

Deno.test("IPv6: dissect() finds no protocol behind a chain that is cut", () => {
  const packet = frame(ethernet(), ipv6(), hopByHop(), destination({ size: 16 }), udp());
  for (const length of [54, 55, 61, 62, 69, 77]) {
    assert.deepEqual(layersOf(cut(packet, length)), ["eth", "ethertype", "ipv6"], `${length} bytes`);
    assert.match(dissect(cut(packet, length)).end ?? "", /extension header is cut/);
  }
  assert.equal(dissect(cut(packet, 78)).protocol, 17);
});

Deno.test("IPv6: dissect() takes the first of two authentication headers, even if the second is cut", () => {
  const packet = frame(ethernet(), ipv6(), ah({ spi: 1 }), ah({ spi: 2 }), tcp());
  assert.equal(hexOf(dissect(packet), "ah"), "3304000000000001");
  assert.equal(hexOf(dissect(cut(packet, 54 + 24 + 9)), "ah"), "3304000000000001");
});

Deno.test("fragments: dissect() finds the protocol of a later one, and nothing behind", () => {
  const later = ["eth", "ethertype", "ipv4", "l4proto"];
  for (
    const fields of [{ fragmentOffset: 1 }, { fragmentOffset: 0x1fff }, { fragmentOffset: 185, moreFragments: true }]
  ) {
    const packet = frame(ethernet(), ipv4(fields), udp());
    assert.deepEqual(layersOf(packet), later);
    assert.equal(dissect(packet).protocol, 17);
    assert.match(dissect(packet).end ?? "", /later fragment/);
  }
  const later6 = frame(ethernet(), ipv6(), fragment({ offset: 1 }), udp());
  assert.deepEqual(layersOf(later6), ["eth", "ethertype", "ipv6", "l4proto"]);
  assert.equal(dissect(later6).protocol, 17);
});

Deno.test("fragments: dissect() takes a later one's next header for the protocol, though it be an extension", () => {
  assert.equal(dissect(frame(ethernet(), ipv6(), fragment({ offset: 1 }), destination(), udp())).protocol, 60);
});

Deno.test("fragments: dissect() dissects the first one", () => {
  assert.ok(dissect(frame(ethernet(), ipv4({ moreFragments: true }), udp())).layers.ports);
  assert.ok(dissect(frame(ethernet(), ipv6(), fragment({ more: true }), udp())).layers.ports);
  const short = dissect(frame(ethernet(), ipv4({ moreFragments: true }), payload([0, 53, 0], { protocol: 17 })));
  assert.equal(short.layers.ports, undefined);
  assert.equal(short.protocol, 17);
});

for (const [name, header] of Object.entries({ tcp, udp, udplite, sctp, dccp })) {
  Deno.test(`L4: dissect() finds the ports of ${name} in its first four bytes`, () => {
    for (const ip of [ipv4(), ipv6()]) {
      const packet = frame(ethernet(), ip, header({ src: 0x1234, dst: 0x5678 }));
      const start = packet.bytes.length - header().encode([], undefined).length;
      assert.equal(hexOf(dissect(cut(packet, start + 4)), "ports"), "12345678");
      assert.equal(dissect(cut(packet, start + 3)).layers.ports, undefined);
      assert.equal(dissect(cut(packet, start + 3)).layers.l4data, undefined);
      assert.ok(dissect(cut(packet, start + 3)).layers.l4proto);
    }
  });
}

Deno.test("L4: dissect() finds data, and no ports, in what has none", () => {
  for (const layer of [icmp(), icmpv6(), esp(), payload([1, 2, 3, 4])]) {
    const found = dissect(frame(ethernet(), ipv4(), layer));
    assert.ok(found.layers.l4data);
    assert.equal(found.layers.ports, undefined);
    assert.match(found.end ?? "", /no ports/);
  }
});

Deno.test("dissect() is bounded by the frame, not by the lengths in it", () => {
  assert.ok(dissect(frame(ethernet(), ipv4({ totalLength: 20 }), udp())).layers.ports);
  assert.ok(dissect(frame(ethernet(), ipv6({ payloadLength: 0 }), udp())).layers.ports);
  const padding = pad(frame(ethernet(), ipv4({ proto: 17 })), 60, 0xff);
  assert.equal(hexOf(dissect(padding), "ports"), "ffffffff");
});

Deno.test("dissect() reads nothing behind the end of the frame, and throws nothing, on any bytes", () => {
  const types = fc.constantFrom([0x08, 0x00], [0x86, 0xdd], [0x81, 0x00], [0x88, 0xa8], [0x12, 0x34]);
  const bytes = fc.tuple(fc.uint8Array({ minLength: 12, maxLength: 12 }), types, fc.uint8Array({ maxLength: 120 }))
    .map(([addresses, type, rest]) => Uint8Array.of(...addresses, ...type, ...rest));
  fc.assert(fc.property(bytes, (frameBytes) => {
    const before = frameBytes.slice();
    const { layers } = dissect({ bytes: frameBytes });
    assert.deepEqual(frameBytes, before);
    for (const layer of Object.values(layers)) assert.ok(layer.byteOffset + layer.length <= layer.buffer.byteLength);
    // What a shorter frame has, the longer one has as well.
    for (const name of Object.keys(dissect({ bytes: frameBytes.subarray(0, 60) }).layers) as HeaderName[]) {
      if (name !== "ethertype" && name !== "frame") assert.ok(layers[name], name);
    }
  }));
});
