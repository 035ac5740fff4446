/**
 * The numbers and offsets by which recordings are read are those of the kernel's headers, as clang sees them.
 */

import assert from "node:assert/strict";
import { tierTest } from "../judges/tiers.ts";
import { run } from "../kernel/support.ts";
import { FLOW_TYPES } from "./ethtool_meaning.ts";
import { FLOWER, type Names } from "./flower_message.ts";

/** What the headers of Debian 12 do not have yet: later recordings are read with these. */
const LATER = /_(?:L2_MISS|KEY_CFM\w*|KEY_SPI\w*|KEY_ENC_FLAGS\w*|ENC_OPTS?_PFCP\w*)$/;

/** Members of ethtool's structures by field, and what holds the structure, by flow type. */
const FLOWS: ReadonlyMap<number, readonly [name: string, member: string, fields: Readonly<Record<string, string>>]> =
  new Map([
    [1, ["TCP_V4_FLOW", "tcp_ip4_spec", ip4({ "tcp.srcport": "psrc", "tcp.dstport": "pdst" })]],
    [2, ["UDP_V4_FLOW", "udp_ip4_spec", ip4({ "udp.srcport": "psrc", "udp.dstport": "pdst" })]],
    [3, ["SCTP_V4_FLOW", "sctp_ip4_spec", ip4({ "sctp.srcport": "psrc", "sctp.dstport": "pdst" })]],
    [5, ["TCP_V6_FLOW", "tcp_ip6_spec", ip6({ "tcp.srcport": "psrc", "tcp.dstport": "pdst" })]],
    [6, ["UDP_V6_FLOW", "udp_ip6_spec", ip6({ "udp.srcport": "psrc", "udp.dstport": "pdst" })]],
    [7, ["SCTP_V6_FLOW", "sctp_ip6_spec", ip6({ "sctp.srcport": "psrc", "sctp.dstport": "pdst" })]],
    [9, ["AH_V4_FLOW", "ah_ip4_spec", ip4({ "ah.spi": "spi" })]],
    [10, ["ESP_V4_FLOW", "esp_ip4_spec", ip4({ "esp.spi": "spi" })]],
    [11, ["AH_V6_FLOW", "ah_ip6_spec", ip6({ "ah.spi": "spi" })]],
    [12, ["ESP_V6_FLOW", "esp_ip6_spec", ip6({ "esp.spi": "spi" })]],
    [13, ["IPV4_USER_FLOW", "usr_ip4_spec", ip4({ "ip.l4.data": "l4_4_bytes", "ip.proto": "proto" })]],
    [14, ["IPV6_USER_FLOW", "usr_ip6_spec", ip6({ "ipv6.l4.data": "l4_4_bytes", "ipv6.l4.proto": "l4_proto" })]],
    [18, ["ETHER_FLOW", "ether_spec", { "eth.dst": "h_dest", "eth.src": "h_source", "eth.type": "h_proto" }]],
  ]);

tierTest("clang", "attributes of tc flower have the numbers of linux/pkt_cls.h", () => {
  const known = numbersOf("TCA_FLOWER_", FLOWER).filter(([name]) => !LATER.test(name));
  assert.ok(known.length > 100);
  checkC(["linux/pkt_cls.h"], known.map(([name, number]) => `${name} == ${number}`));
});

tierTest("clang", "fields of ethtool's flow types are where linux/ethtool.h has them", () => {
  assert.deepEqual([...FLOWS.keys()], [...FLOW_TYPES.keys()]);
  const claims = Array.from(FLOW_TYPES, ([number, [, rows]]) => {
    const [name, member, fields] = FLOWS.get(number) ?? ["", "", {}];
    return [
      `${name} == ${number}`,
      ...rows.flatMap(([field, offset, widthBits]) => [
        `offsetof(union ethtool_flow_union, ${member}.${fields[field]}) == ${offset}`,
        `sizeof(((union ethtool_flow_union *)0)->${member}.${fields[field]}) == ${widthBits / 8}`,
      ]),
    ];
  });
  const extended = Object.entries({ h_dest: 2, vlan_etype: 8, vlan_tci: 10, data: 12 }).map(([member, offset]) =>
    `offsetof(struct ethtool_flow_ext, ${member}) == ${offset}`
  );
  const flags = ["FLOW_EXT == 0x80000000", "FLOW_MAC_EXT == 0x40000000", "FLOW_RSS == 0x20000000"];
  const commands = ["ETHTOOL_SRXCLSRLINS == 50", "ETHTOOL_SRXCLSRLDEL == 49"];
  checkC(["stddef.h", "linux/ethtool.h"], [...claims.flat(), ...extended, ...flags, ...commands]);
});

function ip4(more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { "ip.src": "ip4src", "ip.dst": "ip4dst", "ip.dsfield": "tos", ...more };
}

function ip6(more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { "ipv6.src": "ip6src", "ipv6.dst": "ip6dst", "ipv6.tclass": "tclass", ...more };
}

/** The names in C with their numbers; those within an attribute begin as the kernel has it. */
function numbersOf(prefix: string, names: Names): [string, number][] {
  return names.flatMap((entry, index) => {
    const [name, within] = typeof entry === "string" ? [entry, []] : entry;
    const inner = `${prefix}${name.replace(/_MASK$/, "")}`.replace(/(KEY_ENC|KEY_MPLS)_OPTS_(?=.)/, "$1_OPT_");
    return [[`${prefix}${name}`, index + 1], ...numbersOf(`${inner}_`, within)];
  });
}

function checkC(headers: readonly string[], claims: readonly string[]): void {
  const directory = Deno.makeTempDirSync();
  try {
    const includes = headers.map((name) => `#include <${name}>\n`);
    const source = [...includes, ...claims.map((claim) => `_Static_assert(${claim}, "");\n`)].join("");
    Deno.writeTextFileSync(`${directory}/claims.c`, source);
    const { success, stderr } = run("clang", ["-fsyntax-only", `${directory}/claims.c`]);
    assert.ok(success, stderr);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
