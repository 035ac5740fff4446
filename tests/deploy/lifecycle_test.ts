import assert from "node:assert/strict";
import { detach, list, stats } from "../../mod.ts";
import {
  assertNothingLeft,
  FILTER_A,
  FRAME_BYTES,
  kernelTest,
  pinsOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
} from "./support.ts";

skipMissingPlaces("lifecycle");
for (const place of PLACES) {
  for (const strategy of ["inline", "linear"] as const) {
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
