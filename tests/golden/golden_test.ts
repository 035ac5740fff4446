/**
 * The C of a few filters, as files. `KEFIR_REWRITE=1 deno test -A tests/golden` writes them anew; the difference is to be
 * read.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Cprog, type CprogOptions, createCprog } from "../../lib/cprog.ts";
import { loadCprog } from "../../lib/load.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { VERSION } from "../../lib/version.ts";
import { tierTest } from "../judges/tiers.ts";

const ETH = "drop eth.src == 02:00:00:00:00:01\ndrop eth.addr in { 33:33:00:00:00:00/16, ff:ff:ff:ff:ff:ff }\n";
const WEB = "drop ip.src in 10.0.0.0/8 and tcp.dstport in { 22, 80..90 }\npass ip.dsfield == 0xb8/0xfc\n";
const VLAN = "drop svlan.id == 100 and cvlan.id in 200..299\npass vlan.priority >= 6\ndrop vlan.tpid == qinq\n";
const IPV6 = "drop ipv6.src in 2001:db8::/32 and udp.dstport == 53\npass ipv6.l4.proto == icmpv6\ndefault drop\n";
const LINK = [
  "drop arp.opcode == 2 and arp.src.proto_ipv4 in 192.0.2.0/24",
  "drop mpls[3].label in 16..1000",
  "drop pppoe.session_id == 7 and ppp.protocol == 0x21",
  "drop frame.len > 1500 and vlan.count >= 2",
  "drop l3.frag == 1 and ip.flags.df == 1",
  "",
].join("\n");
const EVERYTHING = [
  "drop ip.src in { 10.0.0.0/8, 2001:db8::/32 } and l4.port == 53",
  "pass eth.type == arp",
  "drop vlan.id not in { 1, 100..200 } and l3.ttl < 5",
  "flow-type tcp4 src-ip 192.0.2.0 m 0.0.0.255 dst-port 443 action -1",
  "protocol 802.1q flower vlan_prio 5 action drop",
  "drop ah.spi == 0x100",
  "drop l4.data == 0x12345678 and l4.proto == gre",
  "pass ip.addr != 203.0.113.7 and sctp.port in 1000..2000",
  "drop eth.dst == 01:00:00:00:00:00/01:00:00:00:00:00",
  "default drop",
  "",
].join("\n");

const PROGRAMS: Readonly<Record<string, readonly [text: string, options: CprogOptions]>> = {
  eth_inline_xdp: [ETH, { hook: "xdp", strategy: "inline" }],
  web_inline_xdp: [WEB, { hook: "xdp", strategy: "inline", frags: false }],
  web_inline_tc_ingress: [WEB, { hook: "tc-ingress", strategy: "inline" }],
  web_linear_xdp: [WEB, { hook: "xdp", strategy: "linear" }],
  vlan_inline_tc_egress: [VLAN, { hook: "tc-egress", strategy: "inline" }],
  ipv6_inline_xdp: [IPV6, { hook: "xdp", strategy: "inline" }],
  link_inline_xdp: [LINK, { hook: "xdp", strategy: "inline" }],
  everything_inline_tc_ingress: [EVERYTHING, { hook: "tc-ingress", strategy: "inline" }],
  web_classes_xdp: [WEB, { hook: "xdp", strategy: "classes" }],
  ipv6_classes_tc_ingress: [IPV6, { hook: "tc-ingress", strategy: "classes" }],
  web_tuple_xdp: [WEB, { hook: "xdp", strategy: "tuple" }],
  ipv6_tuple_tc_ingress: [IPV6, { hook: "tc-ingress", strategy: "tuple" }],
  everything_linear_xdp: [EVERYTHING, { hook: "xdp", strategy: "linear" }],
};

const rewrites = Deno.env.get("KEFIR_REWRITE") === "1";

for (const [name, [text, options]] of Object.entries(PROGRAMS)) {
  const path = new URL(`${name}.c`, import.meta.url);
  const build = (): Cprog => createCprog(parseFilter(text).filter, { name, ...options });
  // A new version is no reason to read every file again.
  const generated = (): string => build().text.replace(`kefir ${VERSION}`, "kefir VERSION");

  Deno.test(`the C of ${name} is as in its file`, () => {
    if (rewrites) Deno.writeTextFileSync(path, generated());
    assert.equal(generated(), Deno.readTextFileSync(path), "KEFIR_REWRITE=1 deno test -A tests/golden writes it anew");
  });

  tierTest("kernel", `the C in the file of ${name} compiles without a warning and the kernel takes it`, async () => {
    const object = await compileC(Deno.readTextFileSync(path), {
      cache: false,
      extraArguments: ["-Wextra", "-Wno-unused-parameter"],
    });
    using loaded = loadCprog(build(), object);
    assert.equal(loaded.readCounters().length, build().filter.size + 1);
    // What the verifier walks: an alarm for a template that makes it walk ten times as much.
    assert.ok(loaded.program.verifiedInstructions() < 100_000, `${loaded.program.verifiedInstructions()} instructions`);
  });
}

Deno.test("tests/golden has the C of these programs and of no others", () => {
  const files = [...Deno.readDirSync(new URL(".", import.meta.url))].map(({ name }) => name).filter((name) =>
    name.endsWith(".c")
  );
  assert.deepEqual(files.sort(), Object.keys(PROGRAMS).map((name) => `${name}.c`).sort());
});
