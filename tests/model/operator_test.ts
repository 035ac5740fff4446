import assert from "node:assert/strict";
import { actionOfVerdict, findHook, type HookName, HOOKS } from "../../lib/model/hooks.ts";
import { isNegative, isSetOperator, OPERATORS } from "../../lib/model/operator.ts";

Deno.test("OPERATORS has the eight operators of the language", () => {
  assert.deepEqual(OPERATORS, ["==", "!=", "<", "<=", ">", ">=", "in", "not in"]);
  assert.ok(Object.isFrozen(OPERATORS));
});

Deno.test("isSetOperator() and isNegative() tell operators apart", () => {
  assert.deepEqual(OPERATORS.filter(isSetOperator), ["in", "not in"]);
  assert.deepEqual(OPERATORS.filter(isNegative), ["!=", "not in"]);
});

Deno.test("HOOKS has three hooks, with the codes of linux/bpf.h and linux/pkt_cls.h", () => {
  assert.deepEqual(Object.keys(HOOKS), ["xdp", "tc-ingress", "tc-egress"]);
  // XDP_DROP 1, XDP_PASS 2; TC_ACT_SHOT 2, TC_ACT_UNSPEC -1.
  assert.deepEqual(HOOKS.xdp.verdicts, { drop: 1, pass: 2 });
  for (const name of ["tc-ingress", "tc-egress"] as const) {
    assert.deepEqual(HOOKS[name].verdicts, { drop: 2, pass: -1 });
  }
});

Deno.test("HOOKS has VLAN metadata at TC only", () => {
  const names = Object.keys(HOOKS) as HookName[];
  assert.deepEqual(names.filter((name) => HOOKS[name].vlanMetadata), ["tc-ingress", "tc-egress"]);
  assert.deepEqual(names.map((name) => HOOKS[name].context), ["xdp", "tc", "tc"]);
});

Deno.test("findHook() finds a row by its name, and nothing else", () => {
  assert.equal(findHook("xdp"), HOOKS.xdp);
  for (const name of ["", "XDP", "tc", "constructor", "__proto__"]) assert.equal(findHook(name), undefined);
});

Deno.test("actionOfVerdict() is the inverse of a hook's codes", () => {
  for (const hook of Object.values(HOOKS)) {
    assert.equal(actionOfVerdict(hook, hook.verdicts.pass), "pass");
    assert.equal(actionOfVerdict(hook, hook.verdicts.drop), "drop");
    assert.equal(actionOfVerdict(hook, 0), undefined);
  }
});
