import assert from "node:assert/strict";
import { testWith } from "../toolchain/tool.ts";
import { toJson } from "../../cli/output.ts";
import { ROOT, runCli, spawnCli } from "./run_cli.ts";
import { Scratch } from "./scratch.ts";

Deno.test("toJson() escapes what could drive a terminal, and reads back as it was", () => {
  const value = { text: `a\u001b\u009b\u202e\u2028${String.fromCharCode(0xd800)}z\u{e0001}\u00e9` };
  assert.equal(toJson(value), '{"text":"a\\u001b\\u009b\\u202e\\u2028\\ud800z\\udb40\\udc01\u00e9"}');
  assert.deepEqual(JSON.parse(toJson(value)), value);
});

Deno.test("a command whose output is read by nobody ends quietly", async () => {
  // More than a pipe holds, so that the command is still writing when the reader goes.
  const rules = Array.from({ length: 5_000 }, (_, index) => `drop tcp.dstport == ${index}\n`).join("");
  const child = spawnCli(["convert", "-", "--to", "json"]);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(rules));
  await writer.close();
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const stderr = await new Response(child.stderr).text();
  assert.deepEqual([(await child.status).code, stderr], [0, ""]);
});

Deno.test("a command whose output goes to a full disk says so", async () => {
  const script = 'exec "$0" run -A "$1" check "$2" > /dev/full';
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, Deno.execPath(), `${ROOT}/cli.ts`, `${ROOT}/examples/web.kefir`],
    stderr: "piped",
  }).output();
  assert.equal(code, 6);
  assert.match(new TextDecoder().decode(stderr), /Cannot write to standard output: No space left/);
});

Deno.test("rules and captures are read from standard input", async () => {
  const rules = Deno.readTextFileSync(`${ROOT}/examples/web.kefir`);
  const fromFile = await runCli(["test", "examples/web.kefir", "--pcap", "examples/web.pcap", "--json"]);
  const rulesPiped = await runCli(["test", "-", "--pcap", "examples/web.pcap", "--json"], { stdin: rules });
  const pcap = Deno.readFileSync(`${ROOT}/examples/web.pcap`);
  const pcapPiped = await runCli(["test", "examples/web.kefir", "--pcap", "-", "--json"], { stdin: pcap });
  assert.equal(rulesPiped.stdout, fromFile.stdout);
  assert.equal(pcapPiped.stdout, fromFile.stdout);
  const { packets } = JSON.parse(fromFile.stdout);
  assert.equal(packets.length, 16);
  assert.deepEqual(packets[2], { index: 2, verdict: "drop", rule: 2, line: 10 });
  assert.deepEqual(packets[13], { index: 13, verdict: "pass", rule: null, line: null });
});

Deno.test("JSON that convert writes is a filter that test reads", async () => {
  const { stdout } = await runCli(["convert", "examples/web.kefir", "--to", "json"]);
  const options = ["--pcap", "examples/web.pcap", "--json"];
  const again = await runCli(["test", "-", ...options], { stdin: stdout });
  assert.equal(again.stdout, (await runCli(["test", "examples/web.kefir", ...options])).stdout);
});

testWith("script", "a terminal gets colours unless NO_COLOR, no controls of strangers, and no object", async () => {
  using scratch = new Scratch();
  const hostile = scratch.write("e\u001b]0;x\u0007.kefir", 'drop "\u001b[2J" == 1\n');
  const coloured = await onTerminal(["check", hostile], {});
  assert.ok(coloured.includes("\u001b[31merror\u001b[39m"), JSON.stringify(coloured));
  const plain = await onTerminal(["check", hostile], { NO_COLOR: "1" });
  assert.doesNotMatch(plain.replaceAll(/[\r\n]/g, ""), /\p{Cc}/u);
  assert.match(plain, /e\\u\{1b\}\]0;x\\u\{7\}\.kefir:1:6: error/);
  const object = await onTerminal(["compile", "examples/web.kefir", "--emit", "object"], {});
  assert.match(object, /Cannot write an object to a terminal/);
});

/** What a command writes to a terminal, standard error included. */
async function onTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const words = [Deno.execPath(), "run", "--quiet", "-A", `${ROOT}/cli.ts`, ...args];
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", quoted, "/dev/null"],
    cwd: ROOT,
    env: { NO_COLOR: "", TERM: "xterm", ...env },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("--verbose says on standard error what is done, -vv each step, and neither changes the output", async () => {
  const args = ["compile", "examples/web.kefir"];
  const [plain, once, twice] = [await runCli(args), await runCli([...args, "-v"]), await runCli([...args, "-vv"])];
  assert.equal(plain.stderr, "");
  assert.match(once.stderr, /^syntax: read examples\/web\.kefir: \d+ rules/m);
  assert.match(once.stderr, /^classify: chose /m);
  assert.doesNotMatch(once.stderr, /^codegen: /m);
  assert.match(twice.stderr, /^codegen: generated C for xdp/m);
  assert.deepEqual([once.stdout, twice.stdout], [plain.stdout, plain.stdout]);
});
