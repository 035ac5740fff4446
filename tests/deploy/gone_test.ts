import assert from "node:assert/strict";
import { linkPath } from "../../lib/deploy/layout.ts";
import { openPinnedLink } from "../../lib/kernel/link.ts";
import { attachLoadedFilter, detach, detachInterface, list, stats } from "../../mod.ts";
import { ip } from "../kernel/support.ts";
import {
  assertRemoved,
  countsByPort,
  FILTER_A,
  FILTER_B,
  judge,
  kernelTest,
  listed,
  load,
  pinsOf,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
} from "./support.ts";

/** Takes the interface away and makes another of the same names. */
function renewInterface(network: QuietNetwork): void {
  ip(["-n", network.netns, "link", "delete", "left"]);
  ip(["-n", network.netns, "link", "add", "left", "type", "veth", "peer", "name", "right"]);
  for (const device of ["left", "right"]) ip(["-n", network.netns, "link", "set", device, "up"]);
}

skipMissingPlaces("gone");
for (const place of PLACES) {
  kernelTest(
    `a filter whose interface was removed is gone, keeps its counts and can be taken off, at ${place.title}`,
    async () => {
      const a = await prepare(FILTER_A, place);
      using network = new QuietNetwork();
      const { name } = network;
      const attached = network.attach(a, place);
      {
        using traffic = network.openTraffic(place);
        judge(traffic);
      }
      ip(["-n", network.netns, "link", "delete", "left"]);
      network.inside(() => {
        assert.deepEqual(listed(name), { ...attached, state: "gone" });
        assert.equal(countsByPort(name)["1001"], 1);
        assert.throws(() => detachInterface("left"), Deno.errors.NotFound);
        detach(name);
        assert.throws(() => detach(name), Deno.errors.NotFound);
      });
      assertRemoved(attached);
    },
  );

  kernelTest(`a filter that is gone is in nobody's way, at ${place.title}`, async () => {
    const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
    using network = new QuietNetwork();
    const { name } = network;
    const first = network.attach(a, place);
    renewInterface(network);
    using traffic = network.openTraffic(place);
    assert.equal(judge(traffic), "none");
    // Under its name, without --replace, and on another interface.
    network.attach(b, place);
    assert.equal(judge(traffic), "B");
    network.inside(() => {
      assert.equal(listed(name)?.state, "attached");
      assert.equal(countsByPort(name)["1001"], 1);
      detach(name);
    });
    assert.deepEqual(pinsOf(name), []);
    assertRemoved(first);
  });

  kernelTest(`a filter whose network namespace was removed is gone, at ${place.title}`, async () => {
    const a = await prepare(FILTER_A, place);
    using network = new QuietNetwork();
    const attached = network.attach(a, place);
    assert.equal(listed(network.name)?.state, place.options.tc === "clsact" ? "elsewhere" : "attached");
    ip(["netns", "delete", network.netns]);
    // The kernel takes namespaces apart in the background.
    for (let waitedMs = 0; listed(network.name)?.state !== "gone"; waitedMs += 20) {
      assert.ok(waitedMs < 5000, `it is ${listed(network.name)?.state}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(stats(network.name).rules.length, 3);
    detach(network.name);
    assertRemoved(attached);
  });
}

kernelTest("a filter whose link was detached by another tool is gone", async () => {
  const place = placeOf("XDP native");
  const a = await prepare(FILTER_A, place);
  using network = new QuietNetwork();
  const { name } = network;
  network.attach(a, place);
  {
    using link = openPinnedLink(linkPath(name));
    link.detach();
  }
  assert.equal(listed(name)?.state, "gone");
  assert.equal(network.attach(a, place).state, "attached");
  assert.equal(listed(name)?.state, "attached");
});

kernelTest("a filter of clsact that another tool removed leaves no deployment", async () => {
  const place = placeOf("TC ingress by clsact");
  const a = await prepare(FILTER_A, place);
  using network = new QuietNetwork();
  const { name } = network;
  const attached = network.attach(a, place);
  network.inside(() => {
    new Deno.Command("tc", { args: ["qdisc", "del", "dev", "left", "clsact"] }).outputSync();
    assert.equal(listed(name), undefined);
  });
  assertRemoved(attached);
  assert.equal(network.attach(a, place).state, "attached");
});

kernelTest("two namespaces share one BPF file system, with interfaces of the same name and index", async () => {
  for (const place of PLACES) {
    const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
    using one = new QuietNetwork();
    using two = new QuietNetwork();
    assert.equal(one.ifindex(), two.ifindex());
    one.attach(a, place);
    assert.throws(() => two.attach(b, place, { name: one.name }), {
      errnoName: "EEXIST",
      message: /"left" \(ifindex \d+\) in another network namespace/,
    });
    two.attach(b, place);
    using first = one.openTraffic(place);
    using second = two.openTraffic(place);
    assert.deepEqual([judge(first), judge(second)], ["A", "B"]);
    two.attach(a, place, { replace: true });
    assert.deepEqual([judge(first), judge(second)], ["A", "A"]);
    assert.deepEqual(one.inside(() => detachInterface("left")).map(({ name }) => name), [one.name]);
    assert.deepEqual([judge(first), judge(second)], ["none", "A"]);
    assert.deepEqual(two.inside(() => detachInterface("left")).map(({ name }) => name), [two.name]);
  }
});

kernelTest("the name of a deployment is its interface and hook unless given", async () => {
  using network = new QuietNetwork();
  const device = `a.${network.name}@`;
  ip(["-n", network.netns, "link", "add", device, "type", "veth", "peer", "name", "e"]);
  const place = placeOf("TC egress by clsact");
  using loaded = load(await prepare(FILTER_A, place));
  network.inside(() => {
    const { name } = attachLoadedFilter(loaded, { interface: device });
    try {
      assert.equal(name, `a_${network.name}_-tc-egress`);
    } finally {
      detach(name);
    }
    assert.ok(!list().some((one) => one.name === name));
  });
});
