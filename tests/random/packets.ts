/**
 * Random packets: frames that make sense, cut and damaged ones.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import { ipv4 as formatIpv4, ipv6 as formatIpv6 } from "./address_text.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
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
  gre,
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
  type VlanTag,
} from "../packets/build.ts";

/** A frame, now and then with a tag in metadata. */
export function arbPacket(): fc.Arbitrary<Packet> {
  return fc.tuple(arbLayers(), arbDamage(), oneIn(4, arbTag([0x8100, 0x8100, 0x88a8, 0x88a8, 0x9100])))
    .map(([layers, damage, tag]) => {
      const packet = damage(frame(...layers), layers);
      // The kernel makes room for the tag between the addresses and the type.
      return tag === undefined || packet.bytes.length < 14 ? packet : inMetadata(tag, packet);
    });
}

/** A few values that come often, so that packets have something in common, and any other now and then. */
function often<T>(common: readonly T[], any: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...common) }, { weight: 1, arbitrary: any });
}

function oneIn<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function upTo(max: number, ...common: number[]): fc.Arbitrary<number> {
  return often([0, max, ...common], fc.integer({ min: 0, max }));
}

const MACS = ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01", "00:00:00:00:00:00"];

function arbMac(): fc.Arbitrary<string> {
  const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 });
  return often(MACS, bytes.map((all) => all.map((byte) => byte.toString(16)).join(":")));
}

function arbIpv4Address(): fc.Arbitrary<string> {
  const common = ["192.0.2.1", "198.51.100.2", "10.0.0.1", "10.0.0.255", "10.1.2.3", "0.0.0.0", "255.255.255.255"];
  return often(common, fc.integer({ min: 0, max: 0xffff_ffff }).map(formatIpv4));
}

function arbIpv6Address(): fc.Arbitrary<string> {
  const common = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "fe80::1", "ff02::1", "::"];
  return often(common, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(formatIpv6));
}

function arbTag(tpids: readonly number[] = [0x8100, 0x88a8, 0x9100]): fc.Arbitrary<VlanTag> {
  return fc.record({
    tpid: fc.constantFrom(...tpids),
    tci: upTo(0xffff, 1, 0x0064, 0x2064, 0xe001, 0x0fff),
  });
}

function arbLayers(): fc.Arbitrary<readonly Layer[]> {
  const tags = fc.oneof(
    { weight: 10, arbitrary: fc.constant<VlanTag[]>([]) },
    { weight: 5, arbitrary: fc.array(arbTag(), { minLength: 1, maxLength: 1 }) },
    { weight: 5, arbitrary: fc.array(arbTag(), { minLength: 2, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(arbTag(), { minLength: 3, maxLength: 4 }) },
  );
  const network = fc.oneof(
    { weight: 10, arbitrary: arbOverIpv4() },
    { weight: 10, arbitrary: arbOverIpv6() },
    { weight: 1, arbitrary: fc.constantFrom([arp()], []) },
  );
  const type = oneIn(20, upTo(0xffff, 0x0800, 0x86dd, 0x8100, 46, 0x88b5));
  return fc.record({ dst: arbMac(), src: arbMac(), type, tags, network }).map(({ dst, src, type, tags, network }) => [
    ethernet({ dst, src, ...(type !== undefined && { type }) }),
    ...tags.map(vlan),
    ...network,
  ]);
}

function arbOverIpv4(): fc.Arbitrary<readonly Layer[]> {
  const rarely = (max: number) => oneIn(25, fc.integer({ min: 0, max }));
  const header = fc.record({
    src: arbIpv4Address(),
    dst: arbIpv4Address(),
    tos: upTo(255, 0xb8, 1),
    ttl: upTo(255, 64, 1),
    options: often([0, 0, 4], fc.integer({ min: 0, max: 10 }).map((words) => 4 * words)).map((bytes) =>
      new Array<number>(bytes).fill(1)
    ),
    fragmentOffset: often([0, 0, 0], upTo(0x1fff, 1, 185, 0x1000)),
    moreFragments: fc.boolean(),
    dontFragment: fc.boolean(),
    version: rarely(15),
    ihl: rarely(15),
    totalLength: rarely(0xffff),
    proto: rarely(255),
  }).map(({ version, ihl, totalLength, proto, ...rest }) =>
    ipv4({
      ...rest,
      ...(version !== undefined && { version }),
      ...(ihl !== undefined && { ihl }),
      ...(totalLength !== undefined && { totalLength }),
      ...(proto !== undefined && { proto }),
    })
  );
  const withAh = oneIn(8, arbAh());
  return fc.tuple(header, withAh, arbUpper()).map((
    [ip, auth, upper],
  ) => [ip, ...(auth === undefined ? [] : [auth]), ...upper]);
}

function arbOverIpv6(): fc.Arbitrary<readonly Layer[]> {
  const rarely = (max: number) => oneIn(25, fc.integer({ min: 0, max }));
  const header = fc.record({
    src: arbIpv6Address(),
    dst: arbIpv6Address(),
    tclass: upTo(255, 0xb8, 1),
    flowLabel: upTo(0xfffff),
    hlim: upTo(255, 64, 1),
    version: rarely(15),
    payloadLength: rarely(0xffff),
    nxt: rarely(255),
  }).map(({ version, payloadLength, nxt, ...rest }) =>
    ipv6({
      ...rest,
      ...(version !== undefined && { version }),
      ...(payloadLength !== undefined && { payloadLength }),
      ...(nxt !== undefined && { nxt }),
    })
  );
  const chain = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Layer[]>([]) },
    { weight: 6, arbitrary: fc.array(arbExtension(), { minLength: 1, maxLength: 3 }) },
    { weight: 2, arbitrary: fc.array(arbExtension(), { minLength: 7, maxLength: 10 }) },
  );
  return fc.tuple(header, chain, arbUpper()).map(([ip, extensions, upper]) => [ip, ...extensions, ...upper]);
}

function arbExtension(): fc.Arbitrary<Layer> {
  const size = often([8, 8, 16, 24], fc.constantFrom(64, 2048));
  const fields = fc.record({
    size,
    lengthByte: oneIn(25, upTo(255, 1)),
    next: oneIn(25, upTo(255, 6, 17, 44)),
  }).map(({ size, lengthByte, next }) => ({
    size,
    ...(lengthByte !== undefined && { lengthByte }),
    ...(next !== undefined && { next }),
  }));
  const kinds = [hopByHop, routing, destination, mobility, hip, shim6] as const;
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...kinds), fields).map(([kind, all]) => kind(all)) },
    {
      weight: 3,
      arbitrary: fc.record({
        offset: often([0, 0, 0], upTo(0x1fff, 1, 0x1000)),
        more: fc.boolean(),
        reserved: upTo(255),
      }).map(fragment),
    },
    { weight: 2, arbitrary: arbAh() },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((protocol) => extension(protocol)) },
  );
}

function arbAh(): fc.Arbitrary<Layer> {
  return fc.record({ spi: upTo(0xffff_ffff, 0x100), size: fc.constantFrom(12, 16, 24, 64) }).map(ah);
}

function arbUpper(): fc.Arbitrary<readonly Layer[]> {
  const ports = fc.record({ src: upTo(0xffff, 80, 53, 40000), dst: upTo(0xffff, 80, 53, 443) });
  const withPorts = fc.tuple(fc.constantFrom(tcp, tcp, udp, udp, sctp, udplite, dccp), ports)
    .map(([protocol, fields]): Layer => protocol(fields));
  const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 });
  const without = fc.oneof(
    fc.constantFrom(icmp(), icmpv6(), esp(), gre()),
    fc.tuple(bytes, fc.integer({ min: 0, max: 255 })).map(([all, protocol]) => payload(all, { protocol })),
    fc.tuple(fc.constantFrom(ipv4(), ipv6()), withPorts),
    fc.constant<Layer[]>([]),
  );
  const upper = fc.oneof({ weight: 4, arbitrary: withPorts }, { weight: 1, arbitrary: without });
  // Beyond a page, an XDP buffer is followed by another.
  const behind = fc.oneof({ weight: 30, arbitrary: bytes }, {
    weight: 1,
    arbitrary: fc.integer({ min: 3000, max: 9000 }).map((length) => new Array<number>(length).fill(0x5a)),
  });
  return fc.tuple(upper, behind).map(([layers, all]) => [...("encode" in layers ? [layers] : layers), payload(all)]);
}

type Damage = (packet: Packet, layers: readonly Layer[]) => Packet;

/** What happens to a frame on its way: nothing, a cut near the end of a header or anywhere, padding, wrong bytes. */
function arbDamage(): fc.Arbitrary<Damage> {
  const fraction = fc.integer({ min: 0, max: 999 }).map((part) => part / 1000);
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant<Damage>((packet) => packet) },
    {
      weight: 6,
      arbitrary: fc.tuple(fraction, often([-1, 0, 3, 4], fc.integer({ min: -3, max: 9 }))).map(
        ([at, beyond]): Damage => (packet, layers) => {
          const before = frame(...layers.slice(0, Math.floor(at * (layers.length + 1)))).bytes.length;
          return cut(packet, Math.min(Math.max(0, before + beyond), packet.bytes.length));
        },
      ),
    },
    {
      weight: 2,
      arbitrary: fraction.map((at): Damage => (packet) => cut(packet, Math.floor(at * packet.bytes.length))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 0xff)).map(
        ([more, byte]): Damage => (packet) => pad(packet, packet.bytes.length + more, byte),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.array(fc.tuple(fraction, upTo(255, 0x08, 0x86, 0x81, 0x45, 0x60, 44)), {
        minLength: 1,
        maxLength: 4,
      })
        .map((changes): Damage => ({ bytes, ...rest }) => {
          const changed = bytes.slice();
          // Headers are where it matters.
          for (const [at, byte] of changes) changed[Math.floor(at * Math.min(bytes.length, 90))] = byte;
          return { ...rest, bytes: changed };
        }),
    },
  );
}
