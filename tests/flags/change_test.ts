import assert from "node:assert/strict";
import { resolveTarget } from "../../lib/deploy/attach.ts";
import { withLock } from "../../lib/deploy/layout.ts";
import { findSwappable } from "../../lib/deploy/swap.ts";
import { createCprog } from "../../lib/cprog.ts";
import { compile } from "../../lib/compile.ts";
import { NO_FLAGS } from "../../lib/model/flags.ts";
import { planChange, planChangeOf } from "../../lib/swap.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { runCli } from "../cli/run_cli.ts";
import { kernelTest, placeOf, QuietNetwork } from "../deploy/support.ts";
import { FLAGS, type Flags } from "./programs.ts";

const { filter: BEFORE } = parseFilter("drop udp.dstport == 1\npass ip.src in 10.0.0.0/8\n");
const { filter: AFTER } = parseFilter("drop udp.dstport == 7\npass ip.src in 10.0.0.0/9\n");

/** Those whose programs take other rules as data. */
const SWAPPED = FLAGS.filter(({ printk }) => printk !== true);

Deno.test("planChange() keeps the flags of what runs, and then other rules are data", () => {
  for (const flags of SWAPPED) {
    const running = createCprog(BEFORE, { strategy: "classes", ...flags });
    const { tier, cprog } = planChange(running, AFTER);
    assert.equal(tier, "data");
    assert.deepEqual(cprog.flags, { ...NO_FLAGS, ...flags });
  }
});

Deno.test("planChange() to other flags takes another program, there and back", () => {
  for (const flags of FLAGS) {
    const plain = createCprog(BEFORE, { strategy: "classes" });
    const { tier, cprog } = planChange(plain, BEFORE, flags);
    assert.equal(tier, "compile");
    assert.deepEqual(cprog.flags, { ...NO_FLAGS, ...flags });
    assert.equal(planChange(cprog, BEFORE, NO_FLAGS).tier, "compile");
  }
});

Deno.test("planChange() leaves a strategy that cannot do without what a flag rules out", () => {
  const running = createCprog(BEFORE, { strategy: "tuple" });
  const { tier, cprog } = planChange(running, AFTER, { noLoops: true });
  assert.equal(tier, "compile");
  assert.notEqual(cprog.plan.strategy, "tuple");
});

for (const flags of [{}, { inlineFunctions: true, noLoops: true, noVlan: true }] satisfies Flags[]) {
  kernelTest(`what is attached with ${JSON.stringify(flags)} knows its flags`, async () => {
    const place = placeOf("XDP generic");
    const prepared = await compile(BEFORE, { strategy: "classes", name: "test", ...flags });
    using network = new QuietNetwork();
    network.attach(prepared, place);
    const options = { interface: "left", name: network.name, ...place.options, replace: true };
    const found = network.inside(() => withLock(() => findSwappable(resolveTarget(place.hook, options), options)));
    assert.ok(found !== undefined);
    const tierOf = (asked: Flags) =>
      planChangeOf(found.running, AFTER, { strategy: "auto", ...NO_FLAGS, ...asked }).tier;
    assert.deepEqual(found.running.flags, { ...NO_FLAGS, ...flags });
    assert.equal(tierOf(flags), "data");
    for (const other of [{ noVlan: true }, { inlineFunctions: true }]) assert.equal(tierOf(other), "compile");
  });
}

kernelTest("attach --replace takes the flags that it is given, and compiles when they are others", async () => {
  using network = new QuietNetwork();
  const attach = async (rules: string, ...flags: string[]) => {
    const args = ["attach", "left", "-", "--name", network.name, "--mode", "generic", "--strategy", "classes"];
    const options = ["--replace", "--no-cache", "--json", ...flags];
    const result = await runCli([...args, ...options], { netns: network.netns, stdin: rules });
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout).tier;
  };
  const [before, after] = ["drop udp.dstport == 1\n", "drop udp.dstport == 2\n"];
  await attach(before, "--no-vlan", "--inline-functions");
  assert.equal(await attach(after, "--no-vlan", "--inline-functions"), "data");
  assert.equal(await attach(before, "--no-vlan"), "compile");
  assert.equal(await attach(before), "compile");
  assert.equal(await attach(after), "data");
});
