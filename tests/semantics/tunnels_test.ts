import assert from "node:assert/strict";
import type { HeaderName } from "../../lib/model/layers.ts";
import { fieldNamed, sidesOf } from "../../lib/model/fields.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { readField } from "../../lib/semantics/evaluate.ts";
import { cut, ethernet, fragment, frame, ipv4, ipv6, type Layer, payload, udp } from "../packets/build.ts";

const TUNNELS: readonly HeaderName[] = [
  ...["gre", "grekey", "erspan2", "erspan3", "vxlan", "geneve", "gtp", "gtpext", "tunnel", "tunnelid"] as const,
];

/** The headers of a tunnel that a packet has, each with its bytes. */
function tunnelOf(packet: Packet): Record<string, string> {
  const { layers } = dissect(packet);
  return Object.fromEntries(
    TUNNELS.flatMap((name) => layers[name] === undefined ? [] : [[name, layers[name].toHex()]]),
  );
}

function hex(text: string, announced: { protocol?: number } = {}): Layer {
  return payload([...Uint8Array.fromHex(text.replaceAll(/\s/g, ""))], announced);
}

function valueOf(name: string, packet: Packet): bigint | undefined {
  return sidesOf(fieldNamed(name)).map((side) => readField(side, dissect(packet))).find((value) => value !== undefined);
}

/** What follows UDP's header, or IP's, and what dissection finds of it. */
const FOUND: readonly (readonly [name: string, upper: readonly Layer[], headers: Readonly<Record<string, string>>])[] =
  [
    ["VXLAN", [udp({ dst: 4789 }), hex("08 000000 123456 00")], {
      vxlan: "0800000012345600",
      tunnel: "01",
      tunnelid: "00123456",
    }],
    ["VXLAN with a group policy, to the port of old", [udp({ dst: 8472 }), hex("88 400063 000001 ff")], {
      vxlan: "88400063000001ff",
      tunnel: "01",
      tunnelid: "00000001",
    }],
    ["Geneve with an option", [udp({ dst: 6081 }), hex("02 40 6558 00000a 00 0102 80 01 cafebabe")], {
      geneve: "0240655800000a00",
      tunnel: "02",
      tunnelid: "0000000a",
    }],
    ["GRE", [hex("0000 0800", { protocol: 47 })], { gre: "00000800", tunnel: "03" }],
    ["GRE with checksum, key and sequence number", [hex("b000 6558 aaaa0000 12345678 00000001", { protocol: 47 })], {
      gre: "b0006558",
      grekey: "12345678",
      tunnel: "03",
      tunnelid: "12345678",
    }],
    ["ERSPAN type II", [hex("1000 88be 00000009 1064 0123 00012345", { protocol: 47 })], {
      gre: "100088be",
      erspan2: "1064012300012345",
      tunnel: "04",
      tunnelid: "00000123",
    }],
    ["ERSPAN type III", [hex("1000 22eb 00000009 2064 fc05 01020304 0000 03f8", { protocol: 47 })], {
      gre: "100022eb",
      erspan3: "2064fc0501020304000003f8",
      tunnel: "04",
      tunnelid: "00000005",
    }],
    ["GTP-U", [udp({ dst: 2152 }), hex("30 ff 0000 cafe1234")], {
      gtp: "30ff0000cafe1234",
      tunnel: "05",
      tunnelid: "cafe1234",
    }],
    ["GTP-U with a PDU session", [udp({ dst: 2152 }), hex("36 ff 0008 cafe1234 0001 00 85 01 10 c9 00")], {
      gtp: "36ff0008cafe1234",
      gtpext: "10c9",
      tunnel: "05",
      tunnelid: "cafe1234",
    }],
  ];

for (const [name, upper, headers] of FOUND) {
  Deno.test(`dissect() finds ${name} over either family, and not in a later fragment`, () => {
    assert.deepEqual(tunnelOf(frame(ethernet(), ipv4(), ...upper)), headers);
    assert.deepEqual(tunnelOf(frame(ethernet(), ipv6(), fragment({ more: true }), ...upper)), headers);
    assert.deepEqual(tunnelOf(frame(ethernet(), ipv4({ fragmentOffset: 1 }), ...upper)), {});
    assert.deepEqual(tunnelOf(frame(ethernet(), ipv6(), fragment({ offset: 1 }), ...upper)), {});
  });

  Deno.test(`dissect() of ${name}, cut anywhere, finds a part of what the whole has`, () => {
    const packet = frame(ethernet(), ipv4(), ...upper);
    for (let length = 14; length < packet.bytes.length; length++) {
      const found = tunnelOf(cut(packet, length));
      // A key before ERSPAN's header, or GRE before either, is what is left then.
      for (const [header, bytes] of Object.entries(found)) {
        if (header !== "tunnel" && header !== "tunnelid") assert.equal(headers[header], bytes);
      }
    }
  });
}

Deno.test("the fields of ERSPAN are where net/erspan.h has them", () => {
  const second = frame(ethernet(), ipv4(), hex("1000 88be 00000001 1fff fe97 fffa5c3e", { protocol: 47 }));
  assert.equal(valueOf("erspan.version", second), 1n);
  assert.equal(valueOf("erspan.spanid", second), 0x297n);
  assert.equal(valueOf("erspan.index", second), 0xa5c3en);
  assert.equal(valueOf("erspan.direction", second), undefined);
  // P and FT, six bits of hardware id, direction, Gra and O.
  const third = frame(ethernet(), ipv4(), hex("1000 22eb 00000001 2fff fe97 00000000 ffff fe9f", { protocol: 47 }));
  assert.equal(valueOf("erspan.version", third), 2n);
  assert.equal(valueOf("erspan.hw_id", third), 0x29n);
  assert.equal(valueOf("erspan.direction", third), 1n);
  assert.equal(valueOf("erspan.index", third), undefined);
});

Deno.test("the start of Geneve's slices is its header, options included", () => {
  const upper = [udp({ dst: 6081 }), hex("01 00 6558 00000a 00 0102 80 00")];
  const { starts } = dissect(frame(ethernet(), ipv4(), ...upper));
  assert.equal(starts.geneve?.toHex(), "0100655800000a0001028000");
  assert.equal(starts.payload?.toHex(), starts.geneve?.toHex());
});
