import assert from "node:assert/strict";
import { type Cprog, createCprog, mapContents } from "../../../lib/cprog.ts";
import { Filter } from "../../../lib/model/filter.ts";
import type { Packet } from "../../../lib/semantics/dissect.ts";
import { cut, ethernet, frame, inMetadata, ipv4, ipv6, routing, tcp } from "../../packets/build.ts";
import { buildNative } from "../native.ts";
import { tierTest } from "../tiers.ts";

const WEB = new Filter({ rules: [{ matches: [{ field: "tcp.dstport", value: 80 }], action: "drop" }] });
const REQUEST = frame(ethernet(), ipv4(), tcp({ dst: 80 }));

/** The C with one thing changed, which has to be there. */
function broken(cprog: Cprog, right: string, wrong: string): Cprog {
  assert.ok(cprog.text.includes(right), `the C has "${right}"`);
  return { ...cprog, text: cprog.text.replace(right, wrong) };
}

async function run(cprog: Cprog, packets: readonly Packet[]) {
  await using program = await buildNative(cprog);
  return await program.run(packets);
}

tierTest("clang", "buildNative() finds a read of one byte beyond the frame, wherever the frame starts", async () => {
  const careless = broken(
    createCprog(WEB, { strategy: "inline", frags: false }),
    "linear.data + start + bytes <= linear.end",
    "linear.data + start + bytes <= linear.end + 1",
  );
  await using program = await buildNative(careless);
  // A packet's number decides its alignment.
  for (let before = 0; before < 8; before++) {
    const packets = [...new Array<Packet>(before).fill(REQUEST), cut(REQUEST, 37)];
    await assert.rejects(program.run(packets), /use-after-poison/);
  }
  await program.run(new Array<Packet>(8).fill(REQUEST));
});

tierTest("clang", "buildNative() finds undefined behaviour", async () => {
  const careless = broken(createCprog(WEB, { strategy: "inline" }), "(ipv4[0] & 0x0f) * 4", "ipv4[0] << 28");
  // A frame that is cut is not one of the usual ones, whose length of the header is known.
  await assert.rejects(run(careless, [cut(REQUEST, 37)]), /runtime error: left shift/);
});

tierTest("clang", "buildNative() finds a record beyond the map", async () => {
  const careless = broken(
    createCprog(WEB, { strategy: "linear" }),
    "if (!step)",
    "step += 4; if (!step)",
  );
  await assert.rejects(run(careless, [REQUEST]), /heap-buffer-overflow/);
});

for (const strategy of ["classes", "tuple"] as const) {
  tierTest("clang", `buildNative() finds a read of one byte beyond the tables, ${strategy}`, async () => {
    const cprog = createCprog(WEB, { strategy });
    const [{ values } = { values: [] }] = mapContents(cprog);
    const found = "tables = kefir_current_tables();";
    const reading = (at: number) => `${found} if (tables) (void)*(const volatile __u8 *)(tables + ${at});`;
    await run(broken(cprog, found, reading(values.length - 1)), [REQUEST]);
    await assert.rejects(run(broken(cprog, found, reading(values.length)), [REQUEST]), /heap-buffer-overflow/);
  });
}

tierTest("clang", "buildNative() finds a frame that changes no counter, and one that changes two", async () => {
  const none = broken(createCprog(WEB, { strategy: "inline" }), "counter->packets++;", "return decision.verdict;");
  await assert.rejects(run(none, [REQUEST]), /changed no counter/);
  const two = broken(
    createCprog(WEB, { strategy: "inline" }),
    "counter->packets++;",
    "counter->packets++; counter[-1].packets++;",
  );
  await assert.rejects(run(two, [cut(REQUEST, 14)]), /changed several counters/);
});

tierTest("clang", "a native program reaches what is not linear through helpers, and only with them", async () => {
  const chain = frame(ethernet(), ipv6(), routing({ size: 64 }), tcp({ dst: 80 }));
  for (const hook of ["xdp", "tc-ingress"] as const) {
    await using program = await buildNative(createCprog(WEB, { hook, strategy: "inline" }));
    for (let linear = 0; linear <= chain.bytes.length; linear++) {
      const [verdict] = await program.run([chain], () => linear);
      assert.deepEqual(
        verdict,
        { action: "drop", rule: 0, countedBytes: chain.bytes.length },
        `${linear} bytes at ${hook}`,
      );
    }
  }
  await using program = await buildNative(createCprog(WEB, { frags: false, strategy: "inline" }));
  assert.deepEqual(await program.run([REQUEST], () => 37), [{ action: "pass", rule: null, countedBytes: 37 }]);
});

tierTest("clang", "a native program at TC sees the tag in metadata and counts it", async () => {
  const filter = new Filter({ rules: [{ matches: [{ field: "svlan.id", value: 7 }], action: "drop" }] });
  const packets = [REQUEST, inMetadata({ id: 7 }, REQUEST), inMetadata({ id: 8 }, REQUEST)];
  const verdicts = await run(createCprog(filter, { hook: "tc-egress", strategy: "linear" }), packets);
  assert.deepEqual(verdicts.map(({ rule, countedBytes }) => [rule, countedBytes]), [[null, 54], [0, 58], [null, 58]]);
});

tierTest("clang", "a native program of every strategy looks large sets up", async () => {
  const value = Array.from({ length: 300 }, (_, index) => 0x0a00_0000 + 2 * index);
  const filter = new Filter({ rules: [{ matches: [{ field: "ip.src", operator: "in", value }], action: "drop" }] });
  const packets = ["10.0.0.0", "10.0.0.1", "10.0.2.86", "10.0.2.88"].map((src) =>
    frame(ethernet(), ipv4({ src }), tcp())
  );
  for (const strategy of ["linear", "classes", "tuple"] as const) {
    const verdicts = await run(createCprog(filter, { strategy }), packets);
    assert.deepEqual(verdicts.map(({ rule }) => rule), [0, null, 0, null], strategy);
  }
});
