import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { HOOKS } from "../../lib/model/hooks.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { runInKernel } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, inMetadata, ipv4, tcp, vlan } from "../packets/build.ts";
import { CASE_PACKETS, MIXED } from "./programs.ts";

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];
const { filter: WEB } = parseFilter("drop tcp.dstport == 80");
const PLAIN = frame(ethernet(), ipv4(), tcp({ dst: 80 }));
const TAGGED = frame(ethernet(), vlan({ tpid: 0x8100, tci: 5 }), ipv4(), tcp({ dst: 80 }));

for (const hook of HOOK_NAMES) {
  tierTest("kernel", `noVlan sees no IPv4 behind a tag in the frame, in every strategy at ${hook}`, async () => {
    const verdicts = async (noVlan: boolean) =>
      await Promise.all(STRATEGIES.map(async (strategy) => {
        const found = await runInKernel(createCprog(WEB, { hook, strategy, noVlan }), [PLAIN, TAGGED]);
        return found.map(({ action }) => action).join();
      }));
    assert.deepEqual(new Set(await verdicts(false)), new Set(["drop,drop"]));
    assert.deepEqual(new Set(await verdicts(true)), new Set(["drop,pass"]));
  });
}

tierTest(
  "kernel",
  "noVlan judges a frame whose tag is in metadata as the untagged frame that it is without",
  async () => {
    const { filter } = parseFilter(
      "pass eth.type == ipv4 and ip.ttl == 1\ndrop eth.type == 0x8100\ndrop tcp.dstport == 80",
    );
    const packets = [inMetadata({ tpid: 0x8100, tci: 5 }, PLAIN), PLAIN, TAGGED];
    for (const strategy of STRATEGIES) {
      const found = await runInKernel(createCprog(filter, { hook: "tc-ingress", strategy, noVlan: true }), packets);
      assert.deepEqual(found.map(({ rule }) => rule), [2, 2, 1], strategy);
    }
  },
);

Deno.test("noVlan changes no verdict on frames without a tag in them", () => {
  const isTagged = ({ bytes }: Packet) => ["8100", "88a8", "9100"].includes(bytes.subarray(12, 14).toHex());
  const packets = CASE_PACKETS.filter((packet) => !isTagged(packet) && packet.vlanTag === undefined);
  assert.ok(packets.length > 400);
  for (const packet of packets) {
    assert.deepEqual(evaluate(MIXED, packet, { noVlan: true }), evaluate(MIXED, packet));
  }
});

Deno.test("dissect() with noVlan gives the tag's own type, and what follows Ethernet as the packet of an unknown one", () => {
  const { layers, starts } = dissect(TAGGED, { noVlan: true });
  assert.deepEqual(Object.keys(layers).sort(), ["eth", "ethertype", "frame"]);
  assert.equal(layers.ethertype?.toHex(), "8100");
  assert.equal(starts.l3?.length, TAGGED.bytes.length - 14);
});

Deno.test("noVlan refuses each rule that asks for a tag, at its line, and no other", () => {
  const { filter } = parseFilter("drop vlan.id == 5\ndrop ip.ttl == 1\npass tcp.dstport == 1 and cvlan.priority > 2\n");
  assert.throws(() => createCprog(filter, { noVlan: true }), (error: Error) => {
    assert.ok(error instanceof FilterError);
    const found = error.diagnostics.map(({ code, rule, span }) => [code, rule, span?.line]);
    assert.deepEqual(found, [["needs-vlan", 0, 1], ["needs-vlan", 2, 3]]);
    return true;
  });
});

Deno.test("noVlan refuses every field of tags and no other field", () => {
  const refused = FIELDS.filter(({ name }) => {
    try {
      createCprog(new Filter({ rules: [{ action: "drop", matches: [{ field: name, value: 1 }] }] }), { noVlan: true });
      return false;
    } catch (error) {
      assert.ok(error instanceof FilterError && error.diagnostics[0]?.code === "needs-vlan");
      return true;
    }
  }).map(({ name }) => name);
  const ofTags = FIELDS.map(({ name }) => name).filter((name) => /^[sc]?vlan\./.test(name));
  assert.deepEqual(refused.sort(), ofTags.sort());
});

Deno.test("noVlan leaves no code for tags in the C, at any hook", () => {
  for (const hook of HOOK_NAMES) {
    for (const strategy of STRATEGIES) {
      assert.match(createCprog(MIXED, { hook, strategy }).text, /tpid|vlan_tci/);
      const { text } = createCprog(MIXED, { hook, strategy, noVlan: true, counts: false });
      assert.doesNotMatch(text, /tpid|vlan/, `${strategy} at ${hook}`);
    }
  }
});
