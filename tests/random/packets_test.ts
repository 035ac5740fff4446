import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { HeaderName } from "../../lib/model/layers.ts";
import { MAX_IPV6_EXTENSIONS } from "../../lib/model/limits.ts";
import { dissect } from "../../lib/semantics/dissect.ts";
import { arbPacket } from "./packets.ts";

const SAMPLE = 20_000;

Deno.test("arbPacket() makes packets of every kind, often enough to matter", () => {
  const packets = fc.sample(fc.noBias(arbPacket()), SAMPLE);
  const counts = new Map<string, number>();
  for (const packet of packets) {
    const { layers, end, extensions } = dissect(packet);
    const kinds = [...Object.keys(layers), `end: ${end}`, `${extensions.length} extensions`];
    if (packet.vlanTag !== undefined) kinds.push("tag in metadata");
    if (extensions.length > 0 && layers.ports !== undefined) kinds.push("ports behind extensions");
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const atLeast = (percent: number, kind: string) => {
    const found = (counts.get(kind) ?? 0) / SAMPLE * 100;
    assert.ok(found >= percent, `${found} % have ${kind}, not ${percent}`);
  };
  const layers: Readonly<Record<HeaderName, number>> = {
    frame: 85,
    eth: 85,
    ethertype: 85,
    svlan: 30,
    cvlan: 15,
    arp: 2,
    mpls1: 2,
    mpls2: 1,
    mpls3: 0.5,
    mpls4: 0.3,
    mpls5: 0.2,
    mpls6: 0.2,
    mpls7: 0.1,
    pppoe: 1,
    cfm: 1,
    ipv4: 20,
    ipv6: 20,
    l4proto: 45,
    ah: 4,
    l4data: 35,
    ports: 22,
    tcp: 4,
    icmp: 0.7,
    gre: 3,
    grekey: 1.2,
    erspan2: 0.4,
    erspan3: 0.4,
    vxlan: 1.5,
    geneve: 1,
    gtp: 1,
    gtpext: 0.4,
    tunnel: 8,
    tunnelid: 5,
  };
  for (const [layer, percent] of Object.entries(layers)) atLeast(percent, layer);
  atLeast(10, "tag in metadata");
  atLeast(2, "ports behind extensions");
  for (let extensions = 0; extensions <= MAX_IPV6_EXTENSIONS; extensions++) atLeast(0.1, `${extensions} extensions`);
  // Every way in which dissection ends.
  assert.equal([...counts.keys()].filter((kind) => kind.startsWith("end: ")).length, 27);
  for (const kind of counts.keys()) if (kind.startsWith("end: ")) atLeast(0.05, kind);
});
