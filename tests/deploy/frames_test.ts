import assert from "node:assert/strict";
import { attachClsact } from "../../lib/kernel/tc.ts";
import { u32Bytes } from "../../lib/kernel/map.ts";
import { attachXdp } from "../../lib/kernel/xdp.ts";
import { type Counter, evaluate, type Filter, parseFilter, stats } from "../../mod.ts";
import { loadC } from "../kernel/support.ts";
import {
  destination,
  ethernet,
  frame,
  hopByHop,
  ipv4,
  ipv6,
  type Layer,
  payload,
  tcp,
  udp,
  vlan,
} from "../packets/build.ts";
import { FrameSender, kernelTest, load, placeOf, PLACES, prepare, QuietNetwork, skipMissingPlaces } from "./support.ts";

const STRATEGIES = ["inline", "linear"] as const;

/** Bytes of nothing, to make a frame long. */
function filler(length: number): Layer {
  return payload(new Array<number>(length).fill(0x2e));
}

/** What each rule, and then the default, counts of these frames: what the reference evaluator says. */
function expectedCounts(filter: Filter, frames: readonly Uint8Array[]): Counter[] {
  const counts = Array.from({ length: filter.size + 1 }, () => ({ packets: 0, bytes: 0 }));
  for (const bytes of frames) {
    const counter = counts[evaluate(filter, { bytes }).rule ?? filter.size]!;
    counter.packets++;
    counter.bytes += bytes.length;
  }
  return counts;
}

/** What each rule, and then the default, has counted. */
function countsOf(network: QuietNetwork): Counter[] {
  const { rules, default: rest } = network.inside(() => stats(network.name));
  return [...rules, rest].map(({ packets, bytes }) => ({ packets, bytes }));
}

const TAGGED = `
drop svlan.id == 10 and cvlan.id == 20 and udp.dstport == 7
drop svlan.tpid == 0x9100 and udp.dstport == 7
drop vlan.tpid == 0x88a8 and udp.dstport == 7
drop vlan.id == 10 and vlan.priority == 5
drop vlan.id == 30 and ipv6.dst == 2001:db8::2 and tcp.dstport == 443
drop cvlan.id == 40
drop ip.src == 192.0.2.1 and udp.dstport == 9
`;

const UDP7 = [ipv4(), udp({ dst: 7 }), filler(20)];
const UDP9 = [ipv4(), udp({ dst: 9 }), filler(20)];
const TAGGED_FRAMES = [
  [ethernet(), ...UDP9],
  [ethernet(), vlan({ id: 10 }), ...UDP9],
  [ethernet(), vlan({ id: 10, priority: 5 }), ...UDP9],
  [ethernet(), vlan({ id: 10, priority: 5, dei: 1 }), ...UDP7],
  [ethernet(), vlan({ tpid: 0x88a8, id: 10 }), ...UDP7],
  [ethernet(), vlan({ tpid: 0x88a8, id: 10 }), ...UDP9],
  [ethernet(), vlan({ tpid: 0x9100, id: 10 }), ...UDP7],
  [ethernet(), vlan({ tpid: 0x9100, id: 10 }), ...UDP9],
  [ethernet(), vlan({ id: 10 }), vlan({ id: 20 }), ...UDP7],
  [ethernet(), vlan({ tpid: 0x88a8, id: 10 }), vlan({ id: 20 }), ...UDP7],
  [ethernet(), vlan({ tpid: 0x88a8, id: 20 }), vlan({ id: 10 }), ...UDP7],
  [ethernet(), vlan({ tpid: 0x9100, id: 1 }), vlan({ tpid: 0x9100, id: 20 }), ...UDP7],
  [ethernet(), vlan({ id: 1 }), vlan({ tpid: 0x9100, id: 40 }), ...UDP9],
  [ethernet(), vlan({ id: 1 }), vlan({ id: 40 }), ...UDP9],
  // A third tag: no IP behind it.
  [ethernet(), vlan({ id: 10 }), vlan({ id: 20 }), vlan({ id: 30 }), ...UDP7],
  [ethernet(), vlan({ id: 0 }), ...UDP9],
  [ethernet(), vlan({ id: 4095 }), ...UDP9],
  [ethernet(), vlan({ id: 30 }), ipv6(), tcp({ dst: 443 }), filler(6)],
  [ethernet(), vlan({ id: 31 }), ipv6(), tcp({ dst: 443 }), filler(6)],
].map((layers) => frame(...layers).bytes);

skipMissingPlaces("frames");
for (const place of PLACES) {
  for (const strategy of STRATEGIES) {
    kernelTest(
      `tags in metadata and in the packet are the same to a filter, at ${place.title}, ${strategy}`,
      async () => {
        const { filter } = parseFilter(TAGGED);
        using network = new QuietNetwork();
        using traffic = network.openTraffic(place);
        network.attach(await prepare(TAGGED, place, strategy), place);
        for (const bytes of TAGGED_FRAMES) {
          const before = countsOf(network);
          traffic.sender.send(bytes);
          traffic.settle();
          const now = countsOf(network).map((counter, index) => ({
            packets: counter.packets - before[index]!.packets,
            bytes: counter.bytes - before[index]!.bytes,
          }));
          assert.deepEqual(now, expectedCounts(filter, [bytes]), bytes.subarray(12, 26).toHex());
        }
        assert.deepEqual(countsOf(network), expectedCounts(filter, TAGGED_FRAMES));
      },
    );
  }
}

const DEEP = `
drop ip.src == 192.0.2.1 and udp.dstport == 7
drop ipv6.dst == 2001:db8::2 and udp.dstport == 7
drop l4.dstport == 443 and ip.ttl == 64
`;

const LARGE_FRAMES = [
  [ethernet(), ipv4(), udp({ dst: 7 }), filler(8000)],
  [ethernet(), ipv4(), udp({ dst: 8 }), filler(8000)],
  [ethernet(), ipv4({ options: new Array<number>(40).fill(1) }), udp({ dst: 7 }), filler(5000)],
  [ethernet(), vlan({ id: 5 }), ipv4(), tcp({ dst: 443 }), filler(8900)],
  [ethernet(), vlan({ tpid: 0x88a8, id: 5 }), vlan({ id: 6 }), ipv4(), tcp({ dst: 443 }), filler(4200)],
  [ethernet(), ipv6(), udp({ dst: 7 }), filler(4100)],
  [ethernet(), ipv6(), hopByHop({ size: 1024 }), destination({ size: 2048 }), udp({ dst: 7 }), filler(3000)],
  // The ports are some 4 KB into the frame, beyond the first buffer that XDP gets.
  [ethernet(), ipv6(), hopByHop({ size: 2048 }), destination({ size: 2048 }), udp({ dst: 7 }), filler(3000)],
  [ethernet(), ipv6(), hopByHop({ size: 2048 }), destination({ size: 2048 }), udp({ dst: 8 }), filler(3000)],
].map((layers) => frame(...layers).bytes);

for (const place of PLACES) {
  for (const strategy of STRATEGIES) {
    for (const linearBytes of [Infinity, 14]) {
      const how = linearBytes === Infinity ? "in one piece" : `of which ${linearBytes} bytes are linear`;
      kernelTest(
        `frames of up to 9000 bytes ${how} are judged and counted, at ${place.title}, ${strategy}`,
        async () => {
          const { filter } = parseFilter(DEEP);
          using network = new QuietNetwork({ mtu: 9000 });
          network.attach(await prepare(DEEP, place, strategy), place);
          using traffic = network.openTraffic(place);
          const device = place.hook === "tc-egress" ? "left" : "right";
          using sender = network.inside(() => new FrameSender(device, { vnetHeader: true }));
          for (const [index, bytes] of LARGE_FRAMES.entries()) {
            sender.send(bytes, Math.min(linearBytes, bytes.length));
            traffic.settle();
            assert.deepEqual(
              countsOf(network),
              expectedCounts(filter, LARGE_FRAMES.slice(0, index + 1)),
              `frame ${index} of ${bytes.length} bytes`,
            );
          }
        },
      );
    }
  }
}

kernelTest("FrameSender makes frames whose headers are not linear, as the test above needs", () => {
  using network = new QuietNetwork({ mtu: 9000 });
  const ingress = placeOf("TC ingress by clsact");
  using traffic = network.openTraffic(ingress);
  using object = loadC(`
    struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } linear SEC(".maps");
    SEC("tc") int look(struct __sk_buff *skb) {
      __u32 key = 0; __u64 value = skb->data_end - skb->data;
      bpf_map_update_elem(&linear, &key, &value, 0);
      return -1;
    }`);
  const ifindex = network.ifindex();
  network.inside(() => attachClsact(object.program(), { ifindex, direction: "ingress", handle: 1, priority: 1 }));
  const [bytes] = LARGE_FRAMES;
  const linearBytes = () => new BigUint64Array(object.map("linear").lookup(u32Bytes(0))!.buffer)[0];
  using sender = network.inside(() => new FrameSender("right", { vnetHeader: true }));
  for (const linear of [bytes!.length, 14]) {
    sender.send(bytes!, linear);
    traffic.settle();
    assert.equal(linearBytes(), BigInt(linear));
  }
});

kernelTest("XDP in several buffers is what lets a filter attach above the MTU of one page", async () => {
  const place = placeOf("XDP native");
  const { cprog } = await prepare(DEEP, place);
  assert.match(cprog.text, /SEC\("xdp.frags"\)/);
  using network = new QuietNetwork({ mtu: 9000 });
  using one = loadC(`SEC("xdp") int one(struct xdp_md *ctx) { return XDP_PASS; }`);
  const ifindex = network.ifindex();
  assert.throws(
    () => network.inside(() => attachXdp(one.program(), { ifindex, mode: "native" })),
    /MTU of 9000 .*too large/,
  );
  using loaded = load(await prepare(DEEP, place));
  using link = network.inside(() => attachXdp(loaded.program, { ifindex, mode: "native" }));
  assert.equal(link.info().ifindex, ifindex);
});

kernelTest("short frames are judged as the evaluator does, at every place", async () => {
  const text = "drop eth.type == 0x0800 and udp.dstport == 7\ndrop ip.proto == 17\ndrop eth.dst == 02:00:00:00:00:0b";
  const { filter } = parseFilter(text);
  const whole = frame(ethernet(), ipv4(), udp({ dst: 7 }), filler(18)).bytes;
  const frames = [60, 42, 41, 38, 37, 34, 33, 24, 23, 20, 18, 15].map((length) => whole.slice(0, length));
  for (const place of PLACES) {
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    network.attach(await prepare(text, place), place);
    for (const bytes of frames) traffic.sender.send(bytes);
    traffic.settle();
    assert.deepEqual(countsOf(network), expectedCounts(filter, frames), place.title);
  }
});
