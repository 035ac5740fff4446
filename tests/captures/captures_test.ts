import assert from "node:assert/strict";
import { fieldNamed, FIELDS } from "../../lib/model/fields.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { KERNEL_JUDGE, kernelExecutions } from "../judges/kernel.ts";
import { testWhere, tierTest } from "../judges/tiers.ts";
import { disagreement } from "../random/disagreement.ts";
import { capturedPackets, withTagInMetadata } from "./captures.ts";
import { filterOnField, filterOnPresence, valuesOf } from "./filters.ts";

const PACKETS = capturedPackets();
const UNTAGGED = PACKETS.map(withTagInMetadata).filter((packet) => packet !== undefined);
const PROGRAMS = (Object.keys(HOOKS) as HookName[]).flatMap((hook) =>
  KERNEL_JUDGE.strategies.map((strategy) => ({ hook, strategy }))
);

if (PACKETS.length === 0) {
  testWhere(
    false,
    "no shared/data/captures beside the repository",
    "the kernel agrees with the model about real packets",
    () => {},
  );
}

/** Rows, and some of the fields that are none. */
const JUDGED = [
  ...FIELDS,
  ...["mpls[2].label", "l3[0:5]", "ip[12:8]", "l4[2:3]", "udp[8:4]", "payload[0:7]", "geneve[8:4]"].map(fieldNamed),
];
const FOUND = JUDGED.filter((field) => valuesOf(field, PACKETS).length > 0);
const ELSEWHERE = JUDGED.filter((field) => !FOUND.includes(field));

for (const field of FOUND) {
  tierTest("kernel", `the kernel agrees with the model about ${field.name} of real packets`, async () => {
    const filter = filterOnField(field, PACKETS);
    const failures = await Promise.all(PROGRAMS.map(async (options) => {
      const packets = options.hook === "xdp" ? PACKETS : [...PACKETS, ...UNTAGGED];
      return disagreement(filter, packets, await KERNEL_JUDGE.judge(filter, packets, options), options);
    }));
    assert.deepEqual(failures.filter((failure) => failure !== undefined), []);
  });

  Deno.test(`${field.name} of a real packet is the same with the outer tag in metadata`, () => {
    const filter = filterOnField(field, PACKETS);
    for (const packet of PACKETS) {
      const untagged = withTagInMetadata(packet);
      if (untagged !== undefined) assert.deepEqual(evaluate(filter, untagged), evaluate(filter, packet));
    }
  });
}

if (PACKETS.length > 0) {
  Deno.test("real packets have every field but for those that are known to be missing", () => {
    const missing = new Set(ELSEWHERE.map(({ name }) => name.split(/[.[]/)[0]));
    assert.deepEqual([...missing].sort(), ["ah", "cfm", "erspan", "erspan2", "erspan3", "gtp", "icmp", "l2tp", "sctp"]);
  });

  tierTest("kernel", "the kernel agrees with the model that real packets lack some fields", async () => {
    const filter = filterOnPresence(ELSEWHERE);
    const failures = await Promise.all(PROGRAMS.map(async (options) => {
      const packets = options.hook === "xdp" ? PACKETS : [...PACKETS, ...UNTAGGED];
      return disagreement(filter, packets, await KERNEL_JUDGE.judge(filter, packets, options), options);
    }));
    assert.deepEqual(failures.filter((failure) => failure !== undefined), []);
  });

  tierTest("kernel", "real packets were accepted and rejected in the kernel, by every operator at every hook", () => {
    const tried = new Set(kernelExecutions().map(({ operator, hook, holds }) => `${operator} ${hook} ${holds}`));
    const { operators } = FIELDS[0]!;
    assert.equal(tried.size, operators.length * Object.keys(HOOKS).length * 2);
  });
}
