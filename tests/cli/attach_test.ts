import assert from "node:assert/strict";
import { attachXdp, queryXdp } from "../../lib/kernel/xdp.ts";
import { interfaceByName } from "../../lib/kernel/interface.ts";
import { ip, kernelTest, loadC, randomName, run, TestNetwork, XDP_PASS } from "../kernel/support.ts";
import { type CliResult, ROOT, runCli, spawnCli } from "./run_cli.ts";

const RULES = "# Counted.\ncounted: drop udp.dstport == 9999\ndefault pass\n";

/** A network with an address behind `right`, whose packets `left` receives, and a name that no other test has. */
class Host implements Disposable {
  readonly network: TestNetwork = new TestNetwork();
  readonly name: string = `cli_${randomName()}`;

  /** Runs a command in the network; the rules are at standard input. */
  kefir(...args: string[]): Promise<CliResult> {
    return runCli(args, { netns: this.network.netns, stdin: RULES });
  }

  /** Sends UDP datagrams of two bytes to a port, out of `right`. */
  send(port: number, count: number): void {
    const { netns } = this.network;
    ip(["-n", netns, "addr", "replace", "10.77.0.1/24", "dev", "right"]);
    ip(["-n", netns, "neigh", "replace", "10.77.0.2", "lladdr", "02:00:00:00:00:02", "dev", "right"]);
    const script = 'for i in $(seq "$1"); do echo x > "/dev/udp/10.77.0.2/$0"; done';
    const args = [`--net=/run/netns/${netns}`, "bash", "-c", script, String(port), String(count)];
    assert.ok(new Deno.Command("nsenter", { args }).outputSync().success);
  }

  [Symbol.dispose](): void {
    const args = ["run", "--quiet", "-A", `${ROOT}/cli.ts`, "detach", "--interface"];
    for (const one of ["left", "right"]) {
      new Deno.Command("nsenter", { args: [`--net=/run/netns/${this.network.netns}`, Deno.execPath(), ...args, one] })
        .outputSync();
    }
    this.network[Symbol.dispose]();
  }
}

const WAYS: readonly (readonly [title: string, options: readonly string[], expected: object])[] = [
  ["XDP native", [], { hook: "xdp", kind: "xdp", mode: "native" }],
  ["XDP generic", ["--mode", "generic"], { hook: "xdp", kind: "xdp", mode: "generic" }],
  ["clsact", ["--hook", "tc-ingress", "--tc", "clsact"], { hook: "tc-ingress", kind: "clsact" }],
  ["TC by default", ["--hook", "tc-ingress"], { hook: "tc-ingress" }],
];

for (const [title, options, expected] of WAYS) {
  kernelTest(`attach, stats, list and detach do it at ${title}`, async () => {
    using host = new Host();
    const { name } = host;
    const attached = await host.kefir("attach", "left", "-", "--name", name, ...options);
    assert.deepEqual([attached.code, attached.stderr], [0, ""]);
    assert.match(
      attached.stdout,
      new RegExp(`^Attached "${name}" to .* of left .*\n  1 rule, default pass\n  strategy `),
    );
    assert.match(attached.stdout, new RegExp(`kefir stats ${name}\n.*kefir detach ${name}\n$`));

    host.send(9999, 3);
    const counted = JSON.parse((await host.kefir("stats", name, "--json")).stdout);
    const { packets, bytes, ...rule } = counted.rules[0];
    assert.deepEqual(rule, { index: 0, line: 2, text: "counted: drop udp.dstport == 9999" });
    assert.deepEqual([packets, bytes], [3, 3 * 44]);
    assert.deepEqual(Object.keys(counted), ["name", "counts", "rules", "default"]);
    assert.match((await host.kefir("stats", name)).stdout, /^ +3 +132 +0 \(line 2\) +counted: drop/m);

    const listed = JSON.parse((await host.kefir("list", "--json")).stdout).filters;
    const found = listed.find((one: { name: string }) => one.name === name);
    assert.deepEqual({ ...found, ...expected, state: "attached", defaultAction: "pass", rules: 1 }, found);
    assert.match((await host.kefir("list")).stdout, new RegExp(`^${name} +left +`, "m"));

    assert.match((await host.kefir("detach", name, "--dry-run")).stdout, new RegExp(`^Would detach "${name}"`));
    assert.match((await host.kefir("detach", name)).stdout, new RegExp(`^Detached "${name}" from`));
    const gone = await host.kefir("stats", name);
    assert.deepEqual([gone.code, gone.stdout], [1, ""]);
  });
}

kernelTest("attach ends with 6 when the hook is taken, changes nothing, and --replace keeps the counts", async () => {
  using host = new Host();
  const { name } = host;
  await host.kefir("attach", "left", "-", "--name", name);
  host.send(9999, 2);
  const taken = await host.kefir("attach", "left", "-", "--name", `${name}_2`);
  assert.deepEqual([taken.code, taken.stdout], [6, ""]);
  assert.match(taken.stderr, /^error: Cannot attach .*--replace/);
  assert.equal((await host.kefir("stats", `${name}_2`)).code, 1);
  const replaced = await host.kefir("attach", "left", "-", "--name", name, "--replace", "--default", "drop");
  assert.equal(replaced.code, 0);
  assert.match(replaced.stderr, /\[default-overridden\][^]*\[lockout-risk\]/);
  const { rules } = JSON.parse((await host.kefir("stats", name, "--json")).stdout);
  assert.equal(rules[0].packets, 2);
});

/** Rules of one shape. */
function droppedPorts(count: number): string {
  return Array.from({ length: count }, (_, index) => `drop udp.dstport == ${9000 + index}\n`).join("");
}

kernelTest("attach --replace does what is cheapest, and says what it was", async () => {
  using host = new Host();
  const { name } = host;
  const noClang = ["--clang", "/there/is/no/clang"];
  // The name, which is in the C, is new: the first object is not in the cache yet.
  const attach = (rules: string, ...more: string[]) =>
    runCli(["attach", "left", "-", "--name", name, "--strategy", "tuple", ...more], {
      netns: host.network.netns,
      stdin: rules,
    });
  const first = await attach(droppedPorts(3), "--json");
  assert.equal(first.code, 0, first.stderr);
  const { programId, tier, hash } = JSON.parse(first.stdout);
  assert.equal(tier, undefined);
  host.send(9001, 2);

  const dry = await attach(droppedPorts(4), "--replace", "--dry-run", ...noClang);
  assert.match(dry.stdout, new RegExp(`^Would replace "${name}" at xdp of left .*\n  data swap`), dry.stderr);
  const swapped = await attach(droppedPorts(4), "--replace", ...noClang);
  assert.match(swapped.stdout, new RegExp(`^Replaced "${name}" at xdp of left .*\n  data swap`), swapped.stderr);
  const listed = JSON.parse((await host.kefir("list", "--json")).stdout).filters;
  const found = listed.find((one: { name: string }) => one.name === name);
  assert.deepEqual([found.programId, found.rules, found.hash === hash], [programId, 4, false]);
  host.send(9003, 1);
  const { rules } = JSON.parse((await host.kefir("stats", name, "--json")).stdout);
  assert.deepEqual(rules.map(({ packets }: { packets: number }) => packets), [0, 2, 0, 1]);

  const larger = JSON.parse((await attach(droppedPorts(900), "--replace", "--json")).stdout);
  assert.deepEqual([larger.tier, larger.programId === programId], ["reload", false]);
  const log = JSON.parse((await attach(droppedPorts(901), "--replace", "--json", "--verifier-log")).stdout);
  assert.equal(log.tier, "reload");
  const other = await attach("drop ip.ttl == 3", "--replace");
  assert.match(other.stdout, /\n {2}compile: /);
  const refused = await attach("drop ip.tos == 3", "--replace", ...noClang);
  assert.equal(refused.code, 5);
  assert.equal(JSON.parse((await host.kefir("stats", name, "--json")).stdout).rules[0].text, "drop ip.ttl == 3");
});

kernelTest("attach removes a foreign program only with --force", async () => {
  using host = new Host();
  using foreign = loadC(XDP_PASS);
  const { network, name } = host;
  using _link = network.inside(() =>
    attachXdp(foreign.program(), { ifindex: interfaceByName("left").ifindex, mode: "native" })
  );
  for (const more of [[], ["--replace"]]) {
    const refused = await host.kefir("attach", "left", "-", "--name", name, ...more);
    assert.equal(refused.code, 6);
    assert.match(refused.stderr, /another XDP program .*--force/);
  }
  assert.equal((await host.kefir("attach", "left", "-", "--name", name, "--force")).code, 0);
});

kernelTest("attach --dry-run attaches nothing, and neither does a program that the verifier refuses", async () => {
  using host = new Host();
  const { name } = host;
  const dry = await host.kefir("attach", "left", "-", "--name", name, "--dry-run", "--verifier-log");
  assert.equal(dry.code, 0);
  assert.match(dry.stdout, new RegExp(`^Would attach "${name}"`));
  assert.match(dry.stderr, /processed \d+ insns/);
  const clang = ["--clang", "tests/cli/fixtures/careless_clang.sh", "--no-cache"];
  const refused = await host.kefir("attach", "left", "-", "--name", name, ...clang);
  assert.equal(refused.code, 7);
  assert.match(refused.stderr, /hint: --verifier-log/);
  assert.match((await host.kefir("detach", "--interface", "left")).stdout, /^Nothing of kefir's is on left$/m);
});

kernelTest("attach takes a hostile interface name as it is, and shows it harmlessly", async () => {
  using host = new Host();
  const hostile = "e\u001b[2J";
  ip(["-n", host.network.netns, "link", "set", "left", "down"]);
  ip(["-n", host.network.netns, "link", "set", "left", "name", hostile]);
  const attached = await host.kefir("attach", hostile, "-", "--name", host.name);
  assert.equal(attached.code, 0, attached.stderr);
  assert.match(attached.stdout, /of e\\u\{1b\}\[2J /);
  for (const args of [["list"], ["list", "--json"], ["detach", "--interface", hostile]]) {
    const { code, stdout } = await host.kefir(...args);
    assert.equal(code, 0);
    assert.ok(!stdout.includes("\u001b"), JSON.stringify(stdout));
  }
});

/** All that a command writes, which is interrupted, once, when it has written enough. */
async function readUntil(child: Deno.ChildProcess, isEnough: (read: string) => boolean, signal: Deno.Signal) {
  let text = "";
  let isInterrupted = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (isInterrupted || !isEnough(text)) continue;
    isInterrupted = true;
    child.kill(signal);
  }
  return text;
}

kernelTest("stats --watch --json has an object a line until interrupted, and ends with 0", async () => {
  using host = new Host();
  await host.kefir("attach", "left", "-", "--name", host.name);
  const child = spawnCli(["stats", host.name, "--watch", "--json", "--interval", "0.1"], {
    netns: host.network.netns,
  });
  await child.stdin.close();
  // Both signals would do; commands that follow a pipe get this one from the terminal.
  const text = await readUntil(child, (read) => read.split("\n").length >= 4, "SIGINT");
  const stderr = await new Response(child.stderr).text();
  assert.deepEqual([(await child.status).code, stderr], [0, ""]);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.length >= 3);
  assert.ok(lines.every((line) => line.name === host.name && line.rules.length === 1));
});

kernelTest("stats --watch shows rates from the second look on", async () => {
  using host = new Host();
  await host.kefir("attach", "left", "-", "--name", host.name);
  const child = spawnCli(["stats", host.name, "--watch", "--interval", "0.1"], { netns: host.network.netns });
  await child.stdin.close();
  const text = await readUntil(child, (read) => read.includes("packets/s"), "SIGTERM");
  await child.stderr.cancel();
  assert.equal((await child.status).code, 0);
  assert.match(text, /^packets +bytes +rule +text\n/);
});

kernelTest("attach and detach take an interface by its number, and attach declares a license", async () => {
  using host = new Host();
  const { name, network } = host;
  const number = String(network.inside(() => interfaceByName("left").ifindex));
  const attached = await host.kefir("attach", number, "-", "--name", name, "--license", "BSD", "--json");
  assert.equal(attached.code, 0, attached.stderr);
  const { interface: where, programId } = JSON.parse(attached.stdout);
  assert.equal(where, "left");
  const { stdout } = run("bpftool", ["-j", "prog", "show", "id", String(programId)]);
  assert.equal(JSON.parse(new TextDecoder().decode(stdout)).gpl_compatible, false);
  assert.match((await host.kefir("detach", "--interface", number)).stdout, new RegExp(`^Detached "${name}" from`));
  assert.equal((await host.kefir("attach", "9999", "-")).code, 1);
  assert.equal((await host.kefir("attach", "0", "-")).code, 1);
  assert.equal((await host.kefir("attach", "left", "-", "--license", "a\nb")).code, 1);
});

kernelTest(
  "attach --replace changes no program for other rules of the same license, and compiles for another",
  async () => {
    using host = new Host();
    const replace = (license: string, port: number) =>
      runCli([
        "attach",
        "left",
        "-",
        "--name",
        host.name,
        "--strategy",
        "tuple",
        "--license",
        license,
        "--replace",
        "--json",
      ], {
        netns: host.network.netns,
        stdin: `drop udp.dstport == ${port}\n`,
      });
    assert.equal((await replace("BSD", 1)).code, 0);
    const tiers = [];
    for (const [license, port] of [["BSD", 2], ["MIT", 2], ["MIT", 3]] as const) {
      tiers.push(JSON.parse((await replace(license, port)).stdout).tier);
    }
    assert.deepEqual(tiers, ["data", "compile", "data"]);
  },
);

kernelTest("attach --verifier-log LEVEL has the log of a program that the verifier takes", async () => {
  using host = new Host();
  const dry = (...level: string[]) => host.kefir("attach", "left", "-", "--dry-run", "--verifier-log", ...level);
  const [whole, statistics, usual] = [await dry("2"), await dry("4"), await dry()];
  assert.match(whole.stderr, /^\d+: \(b7\) r\d = /m);
  for (const { code, stderr } of [whole, statistics, usual]) {
    assert.equal(code, 0);
    assert.match(stderr, /^processed \d+ insns/m);
  }
  assert.doesNotMatch(statistics.stderr, /\(b7\)/);
  const refused = await dry("8");
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /It should be 0 to 7/);
});

kernelTest("attach --no-counters counts nothing, and says so", async () => {
  using host = new Host();
  const { name } = host;
  const attached = await host.kefir("attach", "left", "-", "--name", name, "--no-counters");
  assert.equal(attached.code, 0, attached.stderr);
  host.send(9999, 2);
  const shown = await host.kefir("stats", name);
  assert.deepEqual([shown.code, shown.stderr], [0, `"${name}" does not count: it was attached with --no-counters\n`]);
  const { counts, rules } = JSON.parse((await host.kefir("stats", name, "--json")).stdout);
  assert.deepEqual([counts, rules[0].packets], [false, 0]);
});

kernelTest(
  "attach --mode offload names what hardware would not take, and else the interface that takes nothing",
  async () => {
    using host = new Host();
    const offload = (...options: string[]) => host.kefir("attach", "left", "-", "--mode", "offload", ...options);
    const counting = await offload();
    assert.deepEqual([counting.code, counting.stdout], [3, ""]);
    assert.match(counting.stderr, /map "kefir_counters" is of type percpuArray.*\[offload-map-type\]/);
    assert.match(counting.stderr, /hint: --no-counters/);
    const lean = await runCli(["attach", "left", "-", "--mode", "offload", "--no-counters", "--strategy", "inline"], {
      netns: host.network.netns,
      stdin: "drop ip.src == 10.0.0.0/8\n",
    });
    assert.deepEqual([lean.code, lean.stdout], [5, ""]);
    assert.match(lean.stderr, /into the hardware of "left" \(ifindex \d+\): its driver takes no programs/);
    assert.equal(host.network.inside(() => queryXdp(interfaceByName("left").ifindex)), undefined);
  },
);
