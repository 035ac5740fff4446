import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { detach, list, stats } from "../../mod.ts";
import {
  assertNothingLeft,
  FILTER_A,
  FILTER_B,
  FRAME_BYTES,
  judge,
  kernelTest,
  listed,
  pinsOf,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
  swapOnLeft,
} from "./support.ts";

skipMissingPlaces("lifecycle");
for (const place of PLACES) {
  for (const strategy of STRATEGIES) {
    kernelTest(
      `attachLoadedFilter() judges and counts every frame, and detach() leaves nothing, at ${place.title}, ${strategy}`,
      async () => {
        const prepared = await prepare(FILTER_A, place, strategy);
        using network = new QuietNetwork();
        const { name } = network;
        using traffic = network.openTraffic(place);
        const attached = network.attach(prepared, place);
        assert.equal(attached.state, "attached");
        assert.equal(attached.strategy, strategy);

        const ports = [1001, 1002, 1002, 1003, 1003, 1003, 4, 4, 4, 4];
        assert.deepEqual(traffic.probe(ports), [1002, 1002, 4, 4, 4, 4]);
        network.inside(() => {
          assert.deepEqual(list().find((one) => one.name === name), attached);
          const { rules, default: rest } = stats(name);
          const counted = rules.map(({ packets, bytes }) => ({ packets, bytes }));
          assert.deepEqual(counted, [3, 1, 2].map((packets) => ({ packets, bytes: packets * FRAME_BYTES })));
          assert.deepEqual(rest, { packets: 4, bytes: 4 * FRAME_BYTES });
        });

        assert.notDeepEqual(pinsOf(name), []);
        const taken = network.inside(() => detach(name));
        // At once: the attachment ends when the command does, not when the kernel gets to it.
        assert.deepEqual(traffic.probe([1001, 1003]), [1001, 1003]);
        assert.equal(taken.programId, attached.programId);
        assertNothingLeft(network, attached);
        assert.throws(() => network.inside(() => stats(name)), Deno.errors.NotFound);
      },
    );
  }
}

kernelTest("a filter of 20 000 rules is attached, counted, listed and swapped as a small one", async () => {
  const place = placeOf("XDP native");
  const many = (last: string) => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `drop ip.src == 10.9.${index >> 8}.${index & 255}`);
    return [...lines, last].join("\n");
  };
  const first = await prepare(many(FILTER_A), place, "tuple");
  using network = new QuietNetwork();
  using traffic = network.openTraffic(place);
  const { name } = network;
  const { programId } = network.attach(first, place);
  assert.equal(judge(traffic), "A");
  const swapped = network.inside(() => swapOnLeft(name, many(FILTER_B), place));
  assert.deepEqual([swapped.programId, swapped.rules], [programId, 20_003]);
  assert.equal(judge(traffic), "B");
  network.inside(() => {
    const { rules } = stats(name);
    assert.equal(rules.length, 20_003);
    assert.deepEqual(rules.slice(-3).map(({ line, packets }) => [line, packets]), [[20_001, 2], [20_002, 2], [
      20_003,
      1,
    ]]);
    assert.equal(listed(name)?.rules, 20_003);
    assertNothingLeft(network, detach(name));
  });
});
