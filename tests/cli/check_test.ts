import assert from "node:assert/strict";
import { runCli } from "./run_cli.ts";

Deno.test("kefir check shows packets for the first twenty warnings of a code, and all warnings", async () => {
  const lines = Array.from({ length: 30 }, (_, index) => [
    `flow-type tcp4 src-ip 10.${index}.0.0 m 255.255.0.0 action -1`,
    `protocol ip flower src_ip 192.0.2.${index + 1}/24 ip_proto udp action drop`,
  ]).flat();
  const { stdout } = await runCli(["check", "--json", "-"], { stdin: lines.join("\n") });
  const { diagnostics } = JSON.parse(stdout).files[0] as { diagnostics: { code: string; example?: unknown }[] };
  for (const code of ["inverted-mask", "host-bits"]) {
    const found = diagnostics.filter((one) => one.code === code);
    assert.deepEqual([found.length, found.filter(({ example }) => example !== undefined).length], [30, 20], code);
  }
});

Deno.test("kefir check shows packets that explain takes, and that are decided as it says", async () => {
  const rule = "flow-type tcp4 src-ip 10.0.0.0 m 255.0.0.0 action -1";
  const { stdout } = await runCli(["check", "--json", "-"], { stdin: rule });
  const { packet, expected, found } = JSON.parse(stdout).files[0].diagnostics[0].example;
  assert.deepEqual([expected, found], [0, null]);
  const explained = await runCli(["explain", "-", "--packet", packet], { stdin: rule });
  assert.equal(explained.code, 0);
  assert.match(explained.stdout, /^verdict: pass/m);
});
