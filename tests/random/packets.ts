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
  cfm,
  cut,
  dccp,
  destination,
  erspan2,
  erspan3,
  esp,
  ethernet,
  extension,
  fragment,
  frame,
  geneve,
  geneveOption,
  gre,
  gtp,
  hip,
  hopByHop,
  icmp,
  icmpv6,
  inMetadata,
  ipv4,
  ipv6,
  l2tp,
  type Layer,
  mobility,
  mpls,
  pad,
  payload,
  pppoe,
  routing,
  sctp,
  shim6,
  tcp,
  udp,
  udplite,
  vlan,
  type VlanTag,
  vxlan,
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
    { weight: 4, arbitrary: arbLink() },
    { weight: 1, arbitrary: fc.constant<Layer[]>([]) },
  );
  const type = oneIn(20, upTo(0xffff, 0x0800, 0x86dd, 0x8100, 46, 0x88b5, 0x0806, 0x8847, 0x8848, 0x8864, 0x8902));
  return fc.record({ dst: arbMac(), src: arbMac(), type, tags, network }).map(({ dst, src, type, tags, network }) => [
    ethernet({ dst, src, ...(type !== undefined && { type }) }),
    ...tags.map(vlan),
    ...network,
  ]);
}

/** What is neither IPv4 nor IPv6, mostly as it should be. */
function arbLink(): fc.Arbitrary<readonly Layer[]> {
  const inside = fc.constantFrom<readonly Layer[]>([ipv4(), udp()], [ipv6(), tcp()], [], [payload([1, 2, 3])]);
  return fc.oneof(
    { weight: 5, arbitrary: arbArp().map((layer) => [layer]) },
    { weight: 5, arbitrary: fc.tuple(arbLabelStack(), inside).map(([stack, above]) => [...stack, ...above]) },
    { weight: 3, arbitrary: fc.tuple(arbPppoe(), inside).map(([session, above]) => [session, ...above]) },
    { weight: 2, arbitrary: arbCfm().map((layer) => [layer]) },
  );
}

function arbCfm(): fc.Arbitrary<Layer> {
  const whole = fc.record({ level: upTo(7), version: upTo(31), opcode: upTo(255, 1) }).map(cfm);
  return fc.oneof({ weight: 8, arbitrary: whole }, {
    weight: 1,
    arbitrary: fc.constant(payload([0xa0], { type: 0x8902 })),
  });
}

function arbArp(): fc.Arbitrary<Layer> {
  const kinds = fc.constantFrom({ hardware: 6 }, { protocol: 0x86dd }, { hardwareBytes: 8 }, { protocolBytes: 16 });
  const addresses = fc.record({
    type: often([0x0806, 0x0806, 0x8035], fc.constant(0x0806)),
    opcode: upTo(0xffff, 1, 2, 3),
    senderMac: arbMac(),
    senderIp: arbIpv4Address(),
    targetMac: arbMac(),
    targetIp: arbIpv4Address(),
  });
  return fc.tuple(addresses, oneIn(12, kinds)).map(([fields, kind]) => arp({ ...fields, ...kind }));
}

/** As many entries as are read, and more. The last is the bottom; now and then another is, or none. */
function arbLabelStack(): fc.Arbitrary<readonly Layer[]> {
  const entry = fc.record({
    label: upTo(0xf_ffff, 16, 3),
    exp: upTo(7),
    ttl: upTo(255, 64),
    bottom: oneIn(10, fc.integer({ min: 0, max: 1 })),
  }).map(({ bottom, ...rest }) => mpls({ ...rest, ...(bottom !== undefined && { bottom }) }));
  return fc.tuple(
    often([1, 1, 2, 2, 3, 9], fc.integer({ min: 1, max: 9 })),
    fc.array(entry, { minLength: 9, maxLength: 9 }),
  )
    .map(([entries, all]) => all.slice(0, entries));
}

function arbPppoe(): fc.Arbitrary<Layer> {
  return fc.record({
    session: upTo(0xffff, 1),
    // IPv4, IPv6, LCP, and IPv4 and IPv6 in one byte with another behind it.
    protocol: often([0x0021, 0x0057, 0xc021, 0x2145, 0x5760], fc.integer({ min: 0, max: 0xffff })),
    versionType: often([0x11], upTo(255, 0x12, 0x21)),
    code: often([0], upTo(255, 9)),
  }).map(pppoe);
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
    id: upTo(0xffff, 0x1234),
    fragmentOffset: often([0, 0, 0], upTo(0x1fff, 1, 185, 0x1000)),
    reservedFlag: often([false], fc.boolean()),
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
  const withPorts = fc.oneof(
    { weight: 2, arbitrary: fc.tuple(ports, arbTcpFields()).map(([some, more]): Layer => tcp({ ...some, ...more })) },
    {
      weight: 5,
      arbitrary: fc.tuple(fc.constantFrom(udp, udp, sctp, udplite, dccp), ports)
        .map(([protocol, fields]): Layer => protocol(fields)),
    },
  );
  const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 });
  const kinds = fc.record({ type: upTo(255, 3, 8, 128, 135), code: upTo(255, 1) });
  const without = fc.oneof(
    fc.tuple(fc.constantFrom(icmp, icmp, icmpv6, icmpv6), kinds).map(([protocol, fields]) => protocol(fields)),
    fc.constantFrom(esp(), gre(), l2tp({ session: 7 })),
    fc.tuple(bytes, fc.integer({ min: 0, max: 255 })).map(([all, protocol]) => payload(all, { protocol })),
    fc.tuple(fc.constantFrom(ipv4(), ipv6()), withPorts),
    fc.constant<Layer[]>([]),
  );
  const upper = fc.oneof(
    { weight: 6, arbitrary: withPorts },
    { weight: 4, arbitrary: arbTunnel() },
    { weight: 2, arbitrary: without },
  );
  // Beyond a page, an XDP buffer is followed by another.
  const behind = fc.oneof({ weight: 30, arbitrary: bytes }, {
    weight: 1,
    arbitrary: fc.integer({ min: 3000, max: 9000 }).map((length) => new Array<number>(length).fill(0x5a)),
  });
  return fc.tuple(upper, behind).map(([layers, all]) => [...("encode" in layers ? [layers] : layers), payload(all)]);
}

/** Flags, and now and then options and a data offset that does not fit them. */
function arbTcpFields(): fc.Arbitrary<{ flags: number; options: number[]; dataOffset?: number }> {
  return fc.record({
    flags: upTo(0xfff, 0x002, 0x012, 0x010, 0x018, 0x004),
    words: often([0, 0, 3], fc.integer({ min: 0, max: 10 })),
    dataOffset: oneIn(10, fc.integer({ min: 0, max: 15 })),
  }).map(({ flags, words, dataOffset }) => ({
    flags,
    options: new Array<number>(4 * words).fill(1),
    ...(dataOffset !== undefined && { dataOffset }),
  }));
}

/** A tunnel of any kind; sometimes behind a port that announces another. */
function arbTunnel(): fc.Arbitrary<readonly Layer[]> {
  const identifier = upTo(0xffffff, 1, 100, 0x123456);
  const overUdp = (ports: readonly number[], header: fc.Arbitrary<Layer>) =>
    fc.tuple(
      fc.integer({ min: 0, max: 0xffff }),
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...ports) },
        { weight: 1, arbitrary: fc.constantFrom(4789, 8472, 6081, 2152, 4790) },
      ),
      header,
    ).map(([src, dst, layer]) => [udp({ src, dst }), layer]);
  const flags = often([0x08, 0x08, 0x88], fc.integer({ min: 0, max: 255 }));
  return fc.oneof(
    overUdp([4789, 8472], fc.record({ flags, gbp: upTo(0xffffff, 0x0100, 0x480100), vni: identifier }).map(vxlan)),
    overUdp([6081], arbGeneve(identifier)),
    overUdp([2152], arbGtp()),
    { weight: 2, arbitrary: arbGre() },
  );
}

function arbGeneve(vni: fc.Arbitrary<number>): fc.Arbitrary<Layer> {
  const option = fc.tuple(upTo(0xffff, 0x0102), upTo(255, 0x80), fc.constantFrom(0, 4, 8, 12))
    .map(([optionClass, type, bytes]) => geneveOption(optionClass, type, new Array<number>(bytes).fill(0x2a)));
  return fc.record({
    version: often([0, 0, 0], fc.integer({ min: 0, max: 3 })),
    type: often([0x6558, 0x0800], fc.integer({ min: 0, max: 0xffff })),
    vni,
    options: fc.array(option, { maxLength: 3 }).map((all) => all.flat()),
    optLen: oneIn(10, fc.integer({ min: 0, max: 63 })),
  }).map(({ optLen, ...rest }) => geneve({ ...rest, ...(optLen !== undefined && { optLen }) }));
}

function arbGtp(): fc.Arbitrary<Layer> {
  const session = fc.record({
    pduType: upTo(15, 1),
    qfi: upTo(63, 9),
    words: often([1, 1, 2], fc.integer({ min: 0, max: 255 })),
    next: often([0x85, 0x85], fc.integer({ min: 0, max: 255 })),
  });
  return fc.record({
    version: often([1, 1, 1, 1], fc.integer({ min: 0, max: 7 })),
    protocolType: often([1, 1, 1, 1], fc.constant(0)),
    teid: upTo(0xffff_ffff, 1, 0x12345678),
    sequence: fc.boolean(),
    hidden: oneIn(8, fc.constant(true)),
    session: fc.oneof(session, session, fc.constant(undefined)),
  }).map(({ session, hidden, ...rest }) =>
    gtp({ ...rest, ...(session && { session }), ...(hidden !== undefined && { hidden }) })
  );
}

/** GRE with any flags, and ERSPAN in every second. */
function arbGre(): fc.Arbitrary<readonly Layer[]> {
  const start = { session: upTo(1023, 1, 100), version: oneIn(8, fc.integer({ min: 0, max: 15 })) };
  const known = <T extends { version: number | undefined }>({ version, ...rest }: T) => ({
    ...rest,
    ...(version !== undefined && { version }),
  });
  const second = fc.record({ ...start, index: upTo(0xfffff, 1), reserved: upTo(0xfff) }).map(known).map(erspan2);
  const third = fc.record({ ...start, hwId: upTo(63, 5), direction: fc.constantFrom(0, 1), others: upTo(0xffff) })
    .map(known).map(erspan3);
  const number = oneIn(2, upTo(0xffff_ffff, 1, 0x12345678));
  const header = fc.record({
    type: oneIn(5, upTo(0xffff, 0x6558, 0x88be, 0x22eb)),
    key: number,
    sequence: number,
    checksum: oneIn(4, fc.constant(true)),
    routing: oneIn(12, fc.constant(true)),
    version: oneIn(12, fc.integer({ min: 0, max: 7 })),
  }).map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
  return fc.oneof(
    fc.tuple(header, fc.oneof(second, third)).chain(([fields, inner]) =>
      // The real thing has a sequence number and nothing else.
      fc.constantFrom([gre({ sequence: 9 }), inner], [gre(fields), inner])
    ),
    header.map((fields) => [gre(fields)]),
  );
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
