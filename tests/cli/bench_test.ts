import assert from "node:assert/strict";
import { encodePcap } from "../../mod.ts";
import { tierTest } from "../judges/tiers.ts";
import { runCli } from "./run_cli.ts";
import { Scratch } from "./scratch.ts";

const WEB = ["bench", "examples/web.kefir", "--seconds", "0.05"];
const FIRST_KEYS = ["rules", "strategy", "ns", "hashNs", "ratio", "buildMs", "mapBytes"];

tierTest("kernel", "bench --json has the figures in their order, others after them", async () => {
  const { code, stdout, stderr } = await runCli([...WEB, "--json", "--strategy", "inline"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const figures = JSON.parse(stdout);
  assert.deepEqual(Object.keys(figures).slice(0, FIRST_KEYS.length), FIRST_KEYS);
  assert.deepEqual([figures.rules, figures.strategy, figures.hook, figures.mapBytes], [10, "inline", "xdp", 0]);
  for (const key of FIRST_KEYS.slice(2)) assert.equal(typeof figures[key], "number", key);
});

tierTest("kernel", "bench says the figures, and what they are of", async () => {
  const args = ["--pcap", "examples/web.pcap", "--hook", "tc-ingress", "--strategy", "linear"];
  const { code, stdout, stderr } = await runCli([...WEB, ...args]);
  assert.deepEqual([code, stderr], [0, ""]);
  const first = /^examples\/web\.kefir: 10 rules, linear at tc-ingress\n {2}packet +[\d.]+ ns: [\d.]+ H; [\d.]+ ns if /;
  assert.match(stdout, first);
  assert.match(stdout, /16 of examples\/web\.pcap; \d+ verdicts checked\n$/);
});

tierTest("kernel", "bench reads ClassBench rules, and another seed draws other packets", async () => {
  const line = "@10.0.0.0/8\t0.0.0.0/0\t0 : 65535\t80 : 80\t0x06/0xFF\t0x0000/0x0000\n";
  const args = ["bench", "-", "--syntax", "classbench", "--seconds", "0.05", "--seed", "7", "--json"];
  const { code, stdout } = await runCli(args, { stdin: line });
  assert.equal(code, 0);
  assert.deepEqual([JSON.parse(stdout).rules, JSON.parse(stdout).packets], [1, 65_536]);
});

Deno.test("bench refuses a capture without packets, and one that is not there", async () => {
  using scratch = new Scratch();
  const empty = `${scratch.path}/empty.pcap`;
  Deno.writeFileSync(empty, encodePcap([]));
  for (const pcap of [empty, `${scratch.path}/none.pcap`]) {
    const { code, stderr } = await runCli([...WEB, "--pcap", pcap]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: Cannot (bench with|read the capture) /);
  }
});

Deno.test("bench ends with 3 when no strategy holds the filter", async () => {
  const { code } = await runCli(["bench", "-", "--strategy", "inline"], {
    stdin: Array.from({ length: 2000 }, (_, index) => `drop tcp.dstport == ${index}\n`).join(""),
  });
  assert.equal(code, 3);
});
