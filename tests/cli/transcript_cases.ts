/**
 * The transcripts: commands whose whole output is kept. `deno run -A tests/cli/rewrite.ts` writes them anew.
 *
 * @module
 */

import type { Tier } from "../judges/tiers.ts";
import { ROOT, runCli, type RunOptions } from "./run_cli.ts";

/** A command line of a transcript. */
export interface TranscriptCase extends RunOptions {
  /** Name of its file below transcripts/. */
  readonly name: string;
  readonly args: readonly string[];
  /** What it needs; nothing unless given. */
  readonly tier?: Tier;
}

const FIXTURES = "tests/cli/fixtures";
const MIXED = `${FIXTURES}/mixed.kefir`;
const PCAP = "examples/web.pcap";

/** A UDP datagram to port 53 from 192.0.2.1, over IPv4. */
const DNS_QUERY = "020000000002 020000000001 0800 4500001c 00000000 40110000 c0000201 cb007150 c350 0035 0008 0000";
const TAGGED_QUERY = DNS_QUERY.replace("0800", "8100 0005 0800");
const SLICES = "drop udp[8:4] == 0\ndrop tcp.flags == syn/syn|ack\ndrop l4[0:2] == 0xc350 and l3[8:1] == 0x40\n";
const ARP_REQUEST = "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202";
const LABELS = "020000000002 020000000001 8847 12345240 00010b3f 45000000";

/** What people have in the scripts of their machines. */
const TC_SCRIPT = [
  "tc qdisc add dev eth0 clsact",
  "tc filter add dev eth0 ingress pref 20 protocol ip flower ip_proto tcp dst_port 1024-65535 skip_hw action drop",
  "tc filter add dev eth0 ingress pref 10 protocol 802.1q flower vlan_id 5 vlan_ethtype ip src_ip 10/8 action pass",
  "tc filter add dev eth0 ingress pref 15 protocol ip flower enc_dst_port 4789 enc_key_id 42 action drop",
].map((line) => `${line}\n`).join("");

/** Every transcript. */
export const CASES: readonly TranscriptCase[] = [
  { name: "help", args: ["--help"] },
  ...["check", "compile", "convert", "test", "explain", "attach", "detach", "list", "stats", "bench"].map((
    command,
  ) => ({
    name: `help_${command}`,
    args: [command, "--help"],
  })),
  { name: "version", args: ["--version"] },
  { name: "no_command", args: [] },
  { name: "usage_unknown_command", args: ["atach", "eth0", MIXED] },
  { name: "usage_unknown_option", args: ["test", MIXED, "--pcpa", PCAP] },
  { name: "usage_bad_choice", args: ["convert", MIXED, "--to", "iptables"] },
  { name: "usage_no_syntax", args: ["convert", MIXED] },
  { name: "usage_no_capture", args: ["test", MIXED] },
  { name: "usage_no_file", args: ["check", "no/such/file.kefir"] },
  { name: "usage_capture_not_found", args: ["test", MIXED, "--pcap", "no_such.pcap"] },
  { name: "usage_stdin_twice", args: ["test", "-", "--pcap", "-"] },
  { name: "usage_detach_nothing", args: ["detach"] },
  { name: "usage_no_interface", args: ["attach", "no such\u001b[31m", MIXED, "--default", "pass"], tier: "kernel" },
  { name: "usage_bad_name", args: ["attach", "lo", MIXED, "--default", "pass", "--name", "a/b"], tier: "kernel" },
  {
    name: "usage_mode_at_tc",
    args: ["attach", "lo", MIXED, "--hook", "tc-ingress", "--mode", "native"],
    tier: "kernel",
  },
  { name: "check_fine", args: ["check", MIXED] },
  { name: "check_errors", args: ["check", `${FIXTURES}/errors.kefir`] },
  { name: "check_errors_json", args: ["check", "--json", `${FIXTURES}/errors.kefir`, "no_such.kefir", MIXED] },
  { name: "check_warnings", args: ["check", `${FIXTURES}/warnings.kefir`] },
  { name: "check_warnings_strict", args: ["check", "--strict", `${FIXTURES}/warnings.kefir`] },
  { name: "check_lints", args: ["check", `${FIXTURES}/lints.rules`] },
  { name: "check_lints_json", args: ["check", "--strict", "--json", `${FIXTURES}/lints.rules`] },
  { name: "check_hostile_text", args: ["check", `${FIXTURES}/hostile.kefir`] },
  { name: "check_hostile_name", args: ["check", "no\u001b[2Jsuch\n\u202efile"] },
  { name: "check_one_syntax", args: ["check", "--syntax", "ethtool", MIXED] },
  { name: "check_stdin", args: ["check", "-"], stdin: "drop ip.src == 300.0.0.1\n" },
  {
    name: "compile_too_large",
    args: ["compile", "-", "--strategy", "inline"],
    stdin: `drop tcp.port in { ${evenPorts()} }\n`,
  },
  {
    name: "compile_refused",
    args: ["compile", MIXED, "--emit", "object", "--clang", `${FIXTURES}/refusing_clang.sh`],
  },
  {
    name: "compile_needs_vlan",
    args: ["compile", "-", "--no-vlan"],
    stdin: "drop ip.ttl == 1\ndrop vlan.id == 5\n",
  },
  {
    name: "explain_flags",
    args: ["explain", "-", "--inline-functions", "--no-loops", "--no-vlan", "--printk"],
    stdin: `drop tcp.port in { ${evenPorts()} }\n`,
  },
  { name: "explain_packet_no_vlan", args: ["explain", MIXED, "--packet", TAGGED_QUERY, "--no-vlan"] },
  { name: "compile_without_clang", args: ["compile", MIXED, "--emit", "object"], env: { PATH: "/nowhere" } },
  { name: "convert_kefir", args: ["convert", MIXED, "--to", "kefir"] },
  { name: "convert_json", args: ["convert", MIXED, "--to", "json"] },
  {
    name: "convert_ethtool",
    args: ["convert", "-", "--to", "ethtool"],
    stdin: "drop udp.dstport == 53 and ip.ttl >= 0\n",
  },
  {
    name: "convert_tc_flower",
    args: ["convert", "-", "--to", "tc-flower"],
    stdin: "drop ip.proto == udp and udp.dstport == 53\n",
  },
  { name: "convert_from_tc", args: ["convert", "-", "--to", "kefir"], stdin: TC_SCRIPT },
  {
    name: "convert_libkefir",
    args: ["convert", "-", "--to", "libkefir"],
    stdin: "drop ip.src in 10.0.0.0/8 and l4.dstport == 80\npass vlan.id != 5\n",
  },
  {
    name: "convert_libkefir_cannot",
    args: ["convert", "-", "--to", "libkefir"],
    stdin: "default drop\nweb: pass l4.port == 80\npass ip.ttl == 1\ndrop udp.dstport == 53\n",
  },
  { name: "check_libkefir_errors", args: ["check", `${FIXTURES}/libkefir.json`] },
  { name: "convert_cannot", args: ["convert", `${FIXTURES}/kefir_only.kefir`, "--to", "ethtool"] },
  { name: "test_model", args: ["test", "examples/web.kefir", "--pcap", PCAP] },
  { name: "test_model_json", args: ["test", "examples/web.kefir", "--pcap", PCAP, "--json"] },
  { name: "test_list", args: ["test", "examples/blocklist.kefir", "--pcap", PCAP] },
  { name: "test_not_a_capture", args: ["test", MIXED, "--pcap", MIXED] },
  {
    name: "test_kernel",
    args: ["test", "examples/web.kefir", "--pcap", PCAP, "--engine", "kernel"],
    tier: "kernel",
  },
  { name: "explain_packet", args: ["explain", MIXED, "--packet", DNS_QUERY] },
  {
    name: "explain_arp",
    args: ["explain", "-", "--packet", ARP_REQUEST],
    stdin: "drop arp.dst.proto_ipv4 == 192.0.2.7\n",
  },
  { name: "explain_mpls", args: ["explain", "-", "--packet", LABELS], stdin: "drop mpls[3].label == 16\n" },
  { name: "explain_slices", args: ["explain", "-", "--packet", DNS_QUERY], stdin: SLICES },
  { name: "explain_capture", args: ["explain", "examples/web.kefir", "--pcap", PCAP, "--index", "12"] },
  { name: "explain_inline", args: ["explain", MIXED] },
  { name: "explain_json", args: ["explain", MIXED, "--json"] },
  { name: "explain_linear", args: ["explain", MIXED, "--strategy", "linear", "--hook", "tc-egress"] },
  { name: "explain_tables", args: ["explain", "-"], stdin: `drop tcp.port in { ${evenPorts()} }\n` },
  { name: "explain_many_warnings", args: ["explain", "-"], stdin: "drop ip.ttl == 1\n".repeat(25) },
  { name: "usage_packet_as_json", args: ["explain", MIXED, "--packet", DNS_QUERY, "--json"] },
  { name: "bug", args: ["check", MIXED], preload: `${FIXTURES}/broken_read.ts` },
];

/** Every second port, as a set that no two entries of which join. */
function evenPorts(): string {
  return Array.from({ length: 300 }, (_, index) => 2 * index + 2).join(", ");
}

/** The path of a transcript. */
export function transcriptPath(name: string): string {
  return `${ROOT}/tests/cli/transcripts/${name}.txt`;
}

/** Runs a command and writes down what it did. */
export async function recordTranscript({ args, ...options }: TranscriptCase): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, options);
  const words = args.map((word) => /^[\w./,=-]+$/.test(word) ? word : JSON.stringify(word));
  // Places within kefir's own source come and go.
  const shown = stderr.replaceAll(ROOT, "").replaceAll(/^ +at .*\n/gm, "");
  return `${["$ kefir", ...words].join(" ")}\nexit code ${code}\n--- stdout\n${
    withoutTimes(stdout)
  }--- stderr\n${shown}`;
}

/** How long something took is another time each time. */
function withoutTimes(text: string): string {
  return text.replaceAll(/\b\d+\.\d ms\b/g, "N ms").replaceAll(/("\w+Ms":)[\d.]+/g, '$1"N"');
}
