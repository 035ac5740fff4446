import assert from "node:assert/strict";
import { checkLockout } from "../../cli/lockout.ts";
import { type HookName, parseFilter } from "../../mod.ts";

const CASES: readonly (readonly [rules: string, hook: HookName, isRisky: boolean])[] = [
  ["drop tcp.dstport == 22", "xdp", false],
  ["default drop", "xdp", true],
  ["default drop\npass tcp.dstport == 443", "xdp", true],
  ["default drop\npass tcp.dstport == 22", "xdp", false],
  ["default drop\npass tcp.dstport == 22", "tc-egress", true],
  ["default drop\npass tcp.srcport == 22", "tc-egress", false],
  // Who may come in is the user's business, as is who may not.
  ["default drop\npass ip.src in 10.0.0.0/8 and tcp.dstport == 22", "tc-ingress", false],
  ["default drop\ndrop ip.src in 0.0.0.0/0\npass eth.src == 02:00:00:00:00:01 and vlan.id == 7", "tc-ingress", false],
  ["default drop\npass eth.type == ipv6", "xdp", false],
  // The rule, not the default: whoever writes that means it.
  ["default drop\ndrop tcp.dstport == 22\npass eth.type == ip", "xdp", false],
];

for (const [rules, hook, isRisky] of CASES) {
  Deno.test(`checkLockout() ${isRisky ? "warns" : "is silent"} at ${hook} about ${JSON.stringify(rules)}`, () => {
    const codes = checkLockout(parseFilter(rules).filter, hook).map(({ code }) => code);
    assert.deepEqual(codes, isRisky ? ["lockout-risk"] : []);
  });
}
