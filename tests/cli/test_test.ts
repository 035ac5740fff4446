import assert from "node:assert/strict";
import { encodePcap } from "../../mod.ts";
import { tierTest } from "../judges/tiers.ts";
import { runCli } from "./run_cli.ts";
import { Scratch } from "./scratch.ts";

const CARELESS = ["--clang", "tests/cli/fixtures/careless_clang.sh", "--no-cache"];
const WEB = ["test", "examples/web.kefir", "--pcap", "examples/web.pcap"];

for (const hook of ["xdp", "tc-ingress", "tc-egress"]) {
  for (const strategy of ["inline", "linear"]) {
    tierTest(
      "kernel",
      `test --engine kernel at ${hook} says what the model says when the strategy is ${strategy}`,
      async () => {
        const model = await runCli([...WEB, "--json"]);
        const kernel = await runCli([...WEB, "--json", "--engine", "kernel", "--hook", hook, "--strategy", strategy]);
        assert.deepEqual([kernel.code, kernel.stderr], [0, ""]);
        assert.equal(kernel.stdout, model.stdout);
      },
    );
  }
}

tierTest("kernel", "test --engine kernel says which frames the kernel was not given", async () => {
  using scratch = new Scratch();
  const pcap = `${scratch.path}/short.pcap`;
  Deno.writeFileSync(pcap, encodePcap([{ bytes: new Uint8Array(13) }, { bytes: new Uint8Array(14) }]));
  const args = ["test", "-", "--pcap", pcap, "--engine", "kernel"];
  const json = await runCli([...args, "--json"], { stdin: "drop eth.type == 0\n" });
  assert.deepEqual(JSON.parse(json.stdout), {
    packets: [
      { index: 0, verdict: "pass", rule: null, line: null, engine: "model" },
      { index: 1, verdict: "drop", rule: 0, line: 1 },
    ],
  });
  const text = await runCli(args, { stdin: "drop eth.type == 0\n" });
  assert.match(text.stdout, /^packet 0 {2}pass {2}default {2}\(model\)$/m);
  assert.match(text.stdout, /\(1 by the model: the kernel takes no such frame\)/);
});

tierTest("kernel", "test ends with 7 when the verifier refuses, and has the whole log only when asked", async () => {
  const brief = await runCli([...WEB, "--engine", "kernel", ...CARELESS]);
  assert.equal(brief.code, 7);
  assert.match(brief.stderr, /the verifier refused it, .*\n {2}hint: --verifier-log/);
  assert.equal(brief.stdout, "");
  const whole = await runCli([...WEB, "--engine", "kernel", ...CARELESS, "--verifier-log"]);
  assert.equal(whole.code, 7);
  assert.match(whole.stderr, /^0: .*r\d/m);
  assert.doesNotMatch(whole.stderr, /hint: --verifier-log/);
});

tierTest("kernel", "test --verifier-log has the log of a program that the verifier takes, too", async () => {
  const { code, stderr } = await runCli([...WEB, "--engine", "kernel", "--verifier-log"]);
  assert.equal(code, 0);
  assert.match(stderr, /processed \d+ insns/);
});
