import assert from "node:assert/strict";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { arp, cfm, cut, ethernet, frame, ipv4, ipv6, mpls, payload, pppoe, udp, vlan } from "../packets/build.ts";

/** The layers behind the Ethernet type, with their bytes; why dissection ended. */
function behindType(packet: Packet): Record<string, string> {
  const { layers, end } = dissect(packet);
  const own = Object.entries(layers).filter(([name]) => /^(arp|mpls.|pppoe|cfm|ipv4|ipv6)$/.test(name));
  return { ...Object.fromEntries(own.map(([name, bytes]) => [name, bytes.toHex()])), end: end ?? "" };
}

Deno.test("ARP: dissect() finds the 28 bytes of IPv4 over Ethernet, and no others", () => {
  const bytes = "000108000604000202000000000ac00002010000000000000a000001";
  for (const type of [0x0806, 0x8035]) {
    const packet = frame(ethernet(), vlan(), arp({ type, opcode: 2, targetIp: "10.0.0.1" }));
    assert.deepEqual(behindType(packet), { arp: bytes, end: "it is ARP" });
    assert.deepEqual(behindType(cut(packet, 18 + 27)), { end: "the ARP packet is cut" });
  }
  for (const lie of [{ hardware: 6 }, { protocol: 0x86dd }, { hardwareBytes: 8 }, { protocolBytes: 16 }]) {
    assert.deepEqual(behindType(frame(ethernet(), arp(lie))), { end: "the ARP packet is not of IPv4 over Ethernet" });
  }
});

Deno.test("MPLS: dissect() reads the stack down to its bottom, seven entries at most, and nothing behind", () => {
  const [one, two] = [mpls({ label: 1, ttl: 1 }), mpls({ label: 2, ttl: 2 })];
  const end = "what MPLS carries is not looked into";
  assert.deepEqual(behindType(frame(ethernet(), one, two, ipv4())), { mpls1: "00001001", mpls2: "00002102", end });
  const ended = frame(ethernet(), mpls({ label: 1, ttl: 1, bottom: 1 }), two);
  assert.deepEqual(behindType(ended), { mpls1: "00001101", end });
  assert.deepEqual(behindType(cut(frame(ethernet(), one, two), 14 + 7)), {
    mpls1: "00001001",
    end: "the label stack is cut",
  });
  const stack = (entries: number) => frame(ethernet({ type: 0x8848 }), ...new Array(entries).fill(one));
  assert.equal(Object.keys(behindType(stack(7))).length, 8);
  assert.equal(behindType(stack(7)).end, end);
  assert.equal(Object.keys(behindType(stack(8))).length, 8);
  assert.match(behindType(stack(8)).end ?? "", /more entries/);
});

Deno.test("PPPoE: dissect() reads a session's header and the protocol, whose one byte it writes as two", () => {
  const end = "what PPPoE carries is not looked into";
  const session = (protocol: number) => frame(ethernet(), pppoe({ session: 7, length: 9, protocol }), payload([0x45]));
  assert.deepEqual(behindType(session(0x0057)), { pppoe: "1100000700090057", end });
  assert.deepEqual(behindType(session(0x2145)), { pppoe: "1100000700090021", end });
  assert.deepEqual(behindType(cut(session(0x0021), 14 + 7)), { end: "the PPPoE header is cut" });
  for (const lie of [{ code: 9 }, { versionType: 0x12 }, { versionType: 0x21 }]) {
    assert.deepEqual(behindType(frame(ethernet(), pppoe(lie), ipv6())), {
      end: "the PPPoE header is not a session's",
    });
  }
});

Deno.test("CFM: dissect() reads its first two bytes", () => {
  const packet = frame(ethernet(), cfm({ level: 7, version: 1, opcode: 3 }));
  assert.deepEqual(behindType(packet), { cfm: "e103", end: "it is CFM" });
  assert.deepEqual(behindType(cut(packet, 15)), { end: "the CFM header is cut" });
});

Deno.test("dissect() finds nothing of other types behind theirs", () => {
  const end = "the Ethernet type is neither IPv4 nor IPv6";
  for (const layer of [arp(), mpls(), pppoe(), cfm()]) {
    assert.deepEqual(behindType(frame(ethernet({ type: 0x88b5 }), layer, udp())), { end });
  }
});
