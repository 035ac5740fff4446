import assert from "node:assert/strict";
import { readCapture } from "../../lib/capture/read_capture.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { ALL_CASES } from "../cases/all_cases.ts";
import { casesOf } from "../cases/field_cases.ts";
import { testWhere } from "../judges/tiers.ts";
import {
  hasTcpdump,
  numberedPcap,
  sane,
  selectedByTcpdump,
  untagged,
  withBytesAbove,
  withKnownPorts,
  withPlainPorts,
  withWalkableChain,
  withWholeTags,
} from "./libpcap.ts";

/** Captures of tcpdump's own test suite: beside the repository where it is developed, not part of it. */
const FOLDER = new URL("../../../shared/data/captures/", import.meta.url);

interface Comparison {
  readonly expression: string;
  readonly matches: readonly MatchInput[];
  /** Frames of which both say the same. */
  readonly where: (frame: Uint8Array) => boolean;
  /** Where such packets are, when not in both sources. */
  readonly only?: "built" | "real";
}

function same(
  expression: string,
  matches: MatchInput | readonly MatchInput[],
  where: (frame: Uint8Array) => boolean,
  only?: "built" | "real",
): Comparison {
  return {
    expression,
    matches: "field" in matches ? [matches] : matches,
    where,
    ...(only && { only }),
  };
}

const IS_IPV4 = { field: "eth.type", value: "ip" };
const IS_IPV6 = { field: "eth.type", value: "ipv6" };
const WITH_KEY: readonly MatchInput[] = [
  { field: "gre.flags_and_version", value: 0x2000 },
  { field: "gre.key", operator: ">", value: 0 },
];
/** Frames of IPv4 without options, and at least the first four bytes above. */
const whole = withBytesAbove(4);

const COMPARISONS: readonly Comparison[] = [
  same("ip", IS_IPV4, untagged),
  same("ip6", { field: "eth.type", value: "ipv6" }, untagged),
  same("arp", { field: "eth.type", value: "arp" }, untagged, "built"),
  same("ether proto 0x88cc", { field: "eth.type", value: "lldp" }, untagged, "real"),
  same("ether[12:2] >= 0x0600", { field: "eth.type", operator: ">=", value: 0x0600 }, untagged),
  same("ether src 02:00:00:00:00:0a", { field: "eth.src", value: "02:00:00:00:00:0a" }, untagged, "built"),
  same("ether multicast", { field: "eth.dst", value: "01:00:00:00:00:00/01:00:00:00:00:00" }, untagged),
  same(
    "not ether multicast",
    { field: "eth.dst", operator: "!=", value: "01:00:00:00:00:00/01:00:00:00:00:00" },
    untagged,
  ),
  same("ether host 00:11:22:33:44:55", { field: "eth.addr", value: "00:11:22:33:44:55" }, untagged),
  same("ether[0:4] < 0x01800000", { field: "eth.dst", operator: "<", value: "01:80:00:00:00:00" }, untagged),
  same("vlan 1", { field: "svlan.id", value: 1 }, withWholeTags, "built"),
  same("vlan", { field: "svlan.id", operator: ">=", value: 0 }, withWholeTags),
  same("vlan and vlan", { field: "cvlan.id", operator: ">=", value: 0 }, withWholeTags),
  same("vlan and vlan 20", { field: "cvlan.id", value: 20 }, withWholeTags, "built"),
  same("vlan and ip", { field: "svlan.etype", value: "ip" }, withWholeTags),
  same("vlan and ether[14] >> 5 = 5", { field: "svlan.priority", value: 5 }, withWholeTags, "built"),
  same("ip proto 17", { field: "ip.proto", value: "udp" }, sane),
  same("ip and not ip proto 17", { field: "ip.proto", operator: "!=", value: "udp" }, sane),
  same("ip src net 192.0.2.0/24", { field: "ip.src", value: "192.0.2.0/24" }, sane, "built"),
  same("ip src net 10.128.0.0/9", { field: "ip.src", value: "10.128.0.0/9" }, sane, "built"),
  same("ip and not ip src net 192.0.2.0/24", { field: "ip.src", operator: "!=", value: "192.0.2.0/24" }, sane),
  same("ip dst net 224.0.0.0/4", { field: "ip.dst", value: "224.0.0.0/4" }, sane, "real"),
  same("ip[12:4] > 0x0a000001", { field: "ip.src", operator: ">", value: "10.0.0.1" }, sane),
  same("ip[16:4] <= 0xc0a80000", { field: "ip.dst", operator: "<=", value: "192.168.0.0" }, sane),
  same("ip host 10.0.0.5", { field: "ip.addr", value: "10.0.0.5" }, sane, "built"),
  same("ip and not ip host 192.0.2.1", { field: "ip.addr", operator: "!=", value: "192.0.2.1" }, sane),
  same(
    "ip and not (ip net 10.0.0.0/8 or ip net 192.0.0.0/16)",
    { field: "ip.addr", operator: "not in", value: ["10.0.0.0/8", "192.0.0.0/16"] },
    sane,
  ),
  same(
    "ip src net 10.0.0.0/8 or ip6 src net 2001:db8::/32",
    { field: "ip.src", value: ["10.0.0.0/8", "2001:db8::/32"] },
    sane,
  ),
  same(
    "(ip and not ip src net 10.0.0.0/8) or (ip6 and not ip6 src net 2001:db8::/32)",
    { field: "ip.src", operator: "not in", value: ["10.0.0.0/8", "2001:db8::/32"] },
    sane,
  ),
  same("ip[8] < 64", { field: "ip.ttl", operator: "<", value: 64 }, sane),
  same("ip[8] >= 64", { field: "ip.ttl", operator: ">=", value: 64 }, sane),
  same("ip[1] & 0xfc = 0xb8", { field: "ip.dsfield", value: "0xb8/0xfc" }, sane),
  same("ip[1] & 0xfc != 0xb8", { field: "ip.dsfield", operator: "!=", value: "0xb8/0xfc" }, sane),
  same("ip6[6] = 58", { field: "ipv6.nxt", value: "icmpv6" }, sane),
  same("ip6[7] <= 64", { field: "ipv6.hlim", operator: "<=", value: 64 }, sane),
  same("(ip6[0:2] >> 4) & 0xff = 0xb8", { field: "ipv6.tclass", value: 0xb8 }, sane, "built"),
  same("ip6 src net 2001:db8::/32", { field: "ipv6.src", value: "2001:db8::/32" }, sane, "built"),
  same("ip6 src net fe80::/10", { field: "ipv6.src", value: "fe80::/10" }, sane),
  same("ip6 dst net ff00::/8", { field: "ipv6.dst", value: "ff00::/8" }, sane, "built"),
  same("ip6 host 2001:db8::5", { field: "ipv6.addr", value: "2001:db8::5" }, sane, "built"),
  same("ip6 and not ip6 host 2001:db8::5", { field: "ipv6.addr", operator: "!=", value: "2001:db8::5" }, sane),
  same("ip6 and ip6[8:4] >= 0xfd000000", { field: "ipv6.src", operator: ">=", value: "fd00::" }, sane),
  same("ip6 protochain 6", { field: "ipv6.l4.proto", value: "tcp" }, withWalkableChain),
  same("ip6 protochain 132", { field: "ipv6.l4.proto", value: "sctp" }, withWalkableChain, "built"),
  same("src port 53", { field: "l4.srcport", value: 53 }, withKnownPorts),
  same("dst port 53", { field: "l4.dstport", value: 53 }, withKnownPorts),
  same("port 53", { field: "l4.port", value: 53 }, withKnownPorts),
  same("portrange 80-90", { field: "l4.port", value: ["80..90"] }, withKnownPorts),
  same("ip and src port 53", { field: "ip.l4.srcport", value: 53 }, withKnownPorts),
  same("ip6 and dst port 547", { field: "ipv6.l4.dstport", value: 547 }, withKnownPorts, "real"),
  same("tcp port 53", { field: "tcp.port", value: 53 }, withPlainPorts),
  same("tcp dst port 179", { field: "tcp.dstport", value: 179 }, withPlainPorts, "real"),
  same("udp dst port 53", { field: "udp.dstport", value: 53 }, withPlainPorts),
  same("udp src portrange 50-60", { field: "udp.srcport", value: ["50..60"] }, withPlainPorts),
  same("sctp port 53", { field: "sctp.port", value: 53 }, withPlainPorts, "built"),
  same(
    "ip and udp dst port 53 and ip[8] > 32",
    [{ field: "udp.dstport", value: 53 }, { field: "ip.ttl", operator: ">", value: 32 }],
    withPlainPorts,
  ),
  same("tcp[13] & 0x12 = 2", [IS_IPV4, { field: "tcp.flags", value: "0x02/0x12" }], sane),
  same("tcp[12:2] & 0xfff = 0x018", [IS_IPV4, { field: "tcp.flags", value: 0x018 }], sane, "real"),
  same("tcp[tcpflags] & tcp-syn = 0", [IS_IPV4, { field: "tcp.flags", value: "0/0x02" }], sane),
  same("icmp[0] = 8", [IS_IPV4, { field: "icmp.type", value: 8 }], withBytesAbove(2), "built"),
  same("icmp[1] > 0", [IS_IPV4, { field: "icmp.code", operator: ">", value: 0 }], withBytesAbove(2), "built"),
  same("icmp6[0] >= 128", [IS_IPV6, { field: "icmpv6.type", operator: ">=", value: 128 }], withBytesAbove(2)),
  same("icmp6[1] = 0", [IS_IPV6, { field: "icmpv6.code", value: 0 }], withBytesAbove(2)),
  same("ip proto 50 and ip[6:2] & 0x1fff = 0 and ip[20:4] > 0x1000", [IS_IPV4, {
    field: "esp.spi",
    operator: ">",
    value: 0x1000,
  }], whole),
  same(
    "ip proto 115 and ip[6:2] & 0x1fff = 0 and ip[20:4] = 0xa5c3e178",
    [IS_IPV4, { field: "l2tp.sid", value: 0xa5c3e178 }],
    whole,
    "built",
  ),
  same("geneve", { field: "geneve.vni", operator: ">=", value: 0 }, withBytesAbove(16)),
  same("geneve 0x123456", { field: "geneve.vni", value: 0x123456 }, withBytesAbove(16), "built"),
  same("udp[8] = 3 and geneve", [IS_IPV4, { field: "geneve.opt_len", value: 3 }], withBytesAbove(16), "built"),
  same(
    "udp dst port 4789 and udp[8] & 8 != 0",
    [IS_IPV4, { field: "vxlan.flags", operator: ">", value: 0 }, { field: "udp.dstport", value: 4789 }],
    withBytesAbove(16),
  ),
  same(
    "(udp dst port 4789 or udp dst port 8472) and udp[8] & 8 != 0 and udp[12:4] >> 8 = 0x123456",
    [IS_IPV4, { field: "vxlan.vni", value: 0x123456 }],
    withBytesAbove(16),
    "built",
  ),
  same("ip proto 47 and ip[6:2] & 0x1fff = 0 and ip[21] & 7 = 0", [IS_IPV4, {
    field: "gre.proto",
    operator: ">=",
    value: 0,
  }], whole),
  same(
    "ip proto 47 and ip[6:2] & 0x1fff = 0 and ip[20:2] = 0x2000 and ip[24:4] > 0",
    [IS_IPV4, ...WITH_KEY],
    withBytesAbove(8),
    "built",
  ),
  same(
    "udp dst port 2152 and udp[8] & 0xf0 = 0x30 and udp[12:4] = 0x12345678",
    [IS_IPV4, { field: "gtp.teid", value: 0x12345678 }],
    withBytesAbove(16),
    "built",
  ),
  same("ether[14:2] = 0x4500", { field: "l3[0:2]", value: 0x4500 }, untagged),
  same("ip[8:2] = 0x4011", { field: "ip[8:2]", value: 0x4011 }, sane),
  same("ip6[4:4] < 0x00300000", { field: "ipv6[4:4]", operator: "<", value: 0x00300000 }, sane),
  same("ip[20:4] & 0xff00ff00 = 0", { field: "ip[20:4]", value: "0/0xff00ff00" }, sane),
  same("udp[8:4] > 0x01000000", [IS_IPV4, { field: "udp[8:4]", operator: ">", value: 0x01000000 }], sane),
  same("udp[4:2] < 40", [IS_IPV4, { field: "udp[4:2]", operator: "<", value: 40 }], sane),
  same("tcp[20:4] >= 0x01010000", [IS_IPV4, { field: "tcp[20:4]", operator: ">=", value: 0x01010000 }], sane),
  same("icmp[4:4] != 0", [IS_IPV4, { field: "icmp[4:4]", operator: "!=", value: 0 }], sane, "built"),
  same("icmp6[4:2] = 1", [IS_IPV6, { field: "icmpv6[4:2]", value: 1 }], withBytesAbove(2), "built"),
  same("sctp[12:2] != 0", [IS_IPV4, { field: "sctp[12:2]", operator: "!=", value: 0 }], sane, "built"),
];

const real = realFrames();
const built = builtFrames();

for (const { expression, matches, where, only } of COMPARISONS) {
  const filter = () => new Filter({ rules: [{ matches, action: "drop" }] });

  testWhere(hasTcpdump(), "tcpdump is not installed", `evaluate() selects what tcpdump does for ${expression}`, () => {
    const selected = compare(built, expression, filter(), where);
    assert.equal(selected === 0, only === "real", `${selected} packets were selected`);
  });

  const isThere = real.length > 0 && hasTcpdump();
  const reason = hasTcpdump() ? "no shared/data/captures beside the repository" : "tcpdump is not installed";
  testWhere(isThere, reason, `evaluate() selects what tcpdump does for ${expression} in real captures`, () => {
    const selected = compare(real, expression, filter(), where);
    assert.equal(selected === 0, only === "built", `${selected} packets were selected`);
  });
}

/** Number of frames that both select; throws where they differ. */
function compare(
  frames: readonly Uint8Array[],
  expression: string,
  filter: Filter,
  where: Comparison["where"],
): number {
  const file = Deno.makeTempFileSync({ suffix: ".pcap" });
  try {
    Deno.writeFileSync(file, numberedPcap(frames));
    const selected = selectedByTcpdump(expression, file);
    const scope = frames.flatMap((bytes, index) => where(bytes) ? [{ bytes, index }] : []);
    const differing = scope.filter(({ bytes, index }) =>
      selected.has(index) !== (evaluate(filter, { bytes }).action === "drop")
    );
    const told = differing.map(({ bytes, index }) => `tcpdump ${selected.has(index)}: ${bytes.toHex().slice(0, 200)}`);
    assert.deepEqual(told, []);
    return scope.filter(({ index }) => selected.has(index)).length;
  } finally {
    Deno.removeSync(file);
  }
}

/** The frames of all cases, each once. */
function builtFrames(): Uint8Array[] {
  const frames = new Map<string, Uint8Array>();
  for (const { packet } of ALL_CASES.flatMap(casesOf)) {
    if (packet.vlanTag === undefined && packet.bytes.length > 0) frames.set(packet.bytes.toHex(), packet.bytes);
  }
  return [...frames.values()];
}

/** The frames of all captures, none where the folder is absent. */
function realFrames(): Uint8Array[] {
  try {
    const names = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name).filter((name) => name.endsWith(".pcap"));
    return names.sort().flatMap((name) =>
      readCapture(Deno.readFileSync(new URL(name, FOLDER)), name).packets.map(({ bytes }) => bytes)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
