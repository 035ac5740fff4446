/**
 * Filters that count nothing: attached, listed, replaced and detached like others.
 *
 * @module
 */

import assert from "node:assert/strict";
import { compile, detach, type HookName, list, parseFilter, type StrategyName } from "../../mod.ts";
import {
  assertNothingLeft,
  countsByPort,
  FILTER_A,
  FILTER_B,
  judge,
  kernelTest,
  placeOf,
  PLACES,
  type Prepared,
  QuietNetwork,
  skipMissingPlaces,
  swapOnLeft,
} from "./support.ts";
import { stats } from "../../mod.ts";

async function prepare(text: string, hook: HookName, strategy: StrategyName, counts: boolean): Promise<Prepared> {
  return await compile(parseFilter(text).filter, { hook, strategy, counts, name: "test" });
}

skipMissingPlaces("a filter without counters is attached, listed, replaced and detached");
for (const place of PLACES) {
  kernelTest(`a filter without counters is attached, listed, replaced and detached, at ${place.title}`, async () => {
    const { hook } = place;
    const [a, b] = [await prepare(FILTER_A, hook, "inline", false), await prepare(FILTER_B, hook, "inline", false)];
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const { name } = network;
    network.attach(a, place);
    assert.equal(judge(traffic), "A");
    assert.ok(network.inside(list).some((one) => one.name === name && one.state === "attached"));
    const { counts, rules } = network.inside(() => stats(name));
    assert.deepEqual([counts, rules.map(({ packets }) => packets)], [false, [0, 0, 0]]);
    const next = network.attach(b, place, { replace: true });
    assert.equal(judge(traffic), "B");
    network.inside(() => detach(name));
    assertNothingLeft(network, next);
  });
}

const XDP = placeOf("XDP native");

kernelTest("a filter without counters takes other tables while it runs", async () => {
  using network = new QuietNetwork();
  using traffic = network.openTraffic(XDP);
  network.attach(await prepare(FILTER_A, "xdp", "tuple", false), XDP);
  network.inside(() => swapOnLeft(network.name, FILTER_B, XDP));
  assert.equal(judge(traffic), "B");
  assert.equal(network.inside(() => stats(network.name)).counts, false);
});

kernelTest("counts are kept over a filter that counts nothing", async () => {
  const counting = await prepare(FILTER_A, "xdp", "inline", true);
  using network = new QuietNetwork();
  using traffic = network.openTraffic(XDP);
  network.attach(counting, XDP);
  traffic.probe([1001, 1001, 1003]);
  const expected = { 1001: 2, 1002: 0, 1003: 1, default: 0 };
  assert.deepEqual(network.inside(() => countsByPort(network.name)), expected);
  network.attach(await prepare(FILTER_A, "xdp", "inline", false), XDP, { replace: true });
  traffic.probe([1001]);
  assert.deepEqual(network.inside(() => countsByPort(network.name)), expected);
  network.attach(counting, XDP, { replace: true });
  traffic.probe([1001]);
  assert.deepEqual(network.inside(() => countsByPort(network.name)), { ...expected, 1001: 3 });
});
