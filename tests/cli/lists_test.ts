import assert from "node:assert/strict";
import { encodePcap } from "../../mod.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, ipv4, ipv6, tcp } from "../packets/build.ts";
import { runCli } from "./run_cli.ts";
import { Scratch } from "./scratch.ts";

/** As public block lists are: comments in two ways, blank lines, CRLF, both families, a last line without an end. */
const LIST = [
  "# Block list",
  "; of some days ago",
  "",
  "203.0.113.7",
  "  198.51.100.0/24 ; a network",
  "2001:db8:bad::/48\t# another",
  "192.0.2.10..192.0.2.20",
  ...Array.from({ length: 400 }, (_, index) => `10.${index >> 8}.${index & 255}.1`),
  ...Array.from({ length: 400 }, (_, index) => `2001:db8:1:${index.toString(16)}::1`),
  "2001:db8::53",
].join("\r\n");

const DROPPED = ["203.0.113.7", "198.51.100.255", "192.0.2.10", "192.0.2.20", "10.1.143.1"];
const DROPPED_IPV6 = ["2001:db8:bad:ffff::1", "2001:db8:1:18f::1", "2001:db8::53"];
const PASSED = ["203.0.113.8", "198.51.101.0", "192.0.2.9", "192.0.2.21", "10.1.144.1", "10.1.143.2"];
const PASSED_IPV6 = ["2001:db8:bae::1", "2001:db8:1:190::1", "2001:db8:1:18f::2", "2001:db8::54"];

tierTest("kernel", "a list as public ones are means the same in the model and in every strategy", async () => {
  using scratch = new Scratch();
  const [rules, pcap] = [`${scratch.path}/rules`, `${scratch.path}/all.pcap`];
  Deno.writeTextFileSync(`${scratch.path}/list.txt`, LIST);
  Deno.writeTextFileSync(rules, "drop ip.src in @list.txt and tcp.dstport not in {22, 80..90}\n");
  const from = (src: string) => frame(ethernet(), src.includes(":") ? ipv6({ src }) : ipv4({ src }), tcp({ dst: 443 }));
  Deno.writeFileSync(pcap, encodePcap([...DROPPED, ...DROPPED_IPV6, ...PASSED, ...PASSED_IPV6].map(from)));
  const dropped = DROPPED.length + DROPPED_IPV6.length;
  const passed = PASSED.length + PASSED_IPV6.length;
  const engines = ["classes", "tuple", "linear"].map((strategy) => ["--engine", "kernel", "--strategy", strategy]);
  for (const engine of [[], ...engines]) {
    const { code, stdout, stderr } = await runCli(["test", rules, "--pcap", pcap, "--json", ...engine]);
    assert.deepEqual([code, stderr], [0, ""]);
    const verdicts = JSON.parse(stdout).packets.map(({ verdict }: { verdict: string }) => verdict);
    assert.deepEqual(
      verdicts,
      [...new Array(dropped).fill("drop"), ...new Array(passed).fill("pass")],
      engine.join(" "),
    );
  }
});

Deno.test("an error in a list has its file, line and column, with CRLF too", async () => {
  using scratch = new Scratch();
  Deno.writeTextFileSync(`${scratch.path}/list.txt`, `${LIST}\r\n10.0.0.256\r\n 10.0.0.1 x\r\n`);
  Deno.writeTextFileSync(`${scratch.path}/rules`, "drop ip.src in @list.txt\n");
  const { code, stderr } = await runCli(["check", `${scratch.path}/rules`]);
  assert.equal(code, 2);
  const line = LIST.split("\r\n").length + 1;
  assert.match(stderr, new RegExp(`list\\.txt:${line}:1: `));
  assert.match(stderr, new RegExp(`list\\.txt:${line + 1}:10: `));
});
