import assert from "node:assert/strict";
import { linkPath } from "../../lib/deploy/layout.ts";
import { openPinnedLink } from "../../lib/kernel/link.ts";
import { attachClsact, attachTcx, queryClsact, queryTcx, type TcDirection } from "../../lib/kernel/tc.ts";
import { attachXdp, queryXdp } from "../../lib/kernel/xdp.ts";
import { attachLoadedFilter, detach, list, stats } from "../../mod.ts";
import { loadC, TC_UNSPEC, XDP_PASS } from "../kernel/support.ts";
import { dieAt } from "./crash.ts";
import {
  assertNoQdisc,
  assertRemoved,
  countsByPort,
  FILTER_A,
  FILTER_B,
  HAS_TCX,
  judge,
  kernelTest,
  listed,
  load,
  pinsOf,
  type Place,
  placeOf,
  PLACES,
  prepare,
  type Prepared,
  QuietNetwork,
  skipMissingPlaces,
  swapOnLeft,
} from "./support.ts";

const PROBE = [1000, 1001, 1002, 1003];

skipMissingPlaces("killed");
for (const place of PLACES) {
  kernelTest(`attachLoadedFilter() that dies at any call leaves all or nothing, at ${place.title}`, async () => {
    const a = await prepare(FILTER_A, place);
    using network = new QuietNetwork();
    using foreign = new Foreigners(network, place);
    using traffic = network.openTraffic(place);
    let attachedOnce = false;
    for (let step = 0;; step++) {
      const diedAt = dying(network, step, () => attach(network, a, place));
      const found = judge(traffic);
      assert.ok(found !== "B");
      network.inside(() => {
        const one = listed(network.name);
        assert.equal(one !== undefined, found === "A", diedAt);
        assert.deepEqual(pinsOf(network.name).length > 0, found === "A");
        if (one === undefined) return;
        attachedOnce = true;
        assert.deepEqual(countsByPort(network.name), { 1003: 1, 1001: 1, 1002: 1, default: 1 });
        detach(network.name);
        assertRemoved(one);
      });
      assert.equal(judge(traffic), "none");
      foreign.assertUntouched();
      if (diedAt === undefined) break;
    }
    assert.ok(attachedOnce);
  });

  for (const other of [false, true]) {
    const how = other ? "replaces under another name" : "replaces";
    kernelTest(
      `attachLoadedFilter() that ${how} and dies at any call leaves one filter and its counts, at ${place.title}`,
      async () => {
        const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
        using network = new QuietNetwork();
        using foreign = new Foreigners(network, place);
        using traffic = network.openTraffic(place);
        const names = [network.name, `${network.name}-2`];
        const seen = new Set<string>();
        for (let step = 0;; step++) {
          network.attach(a, place);
          traffic.probe([...PROBE, 1001, 1001, 1002]);
          const name = other ? names[1]! : names[0]!;
          const diedAt = dying(network, step, () => attach(network, b, place, { name, replace: true }));
          const found = judge(traffic);
          assert.ok(found !== "none", `nothing is attached after ${diedAt}`);
          seen.add(found);
          network.inside(() => {
            const running = names.flatMap((one) => listed(one) ?? []);
            assert.equal(running.length, 1, `${diedAt}: ${running.map((one) => one.name)}`);
            const [one] = running;
            assert.equal(one!.name, found === "A" ? names[0] : name, diedAt);
            assert.equal(one!.state, "attached");
            const shared = { 1001: 4, 1002: 3 };
            // What passes by default counts under either filter.
            const rest = found === "A" ? { 1003: 2, default: 2 } : { 1000: 1, default: 2 };
            assert.deepEqual(countsByPort(one!.name), { ...shared, ...rest }, diedAt);
            assert.equal(names.flatMap(pinsOf).filter((pin) => pin.endsWith("manifest")).length, 1);
            detach(one!.name);
            assert.deepEqual(names.flatMap(pinsOf), []);
            assertRemoved(one!);
          });
          foreign.assertUntouched();
          if (diedAt === undefined) break;
        }
        assert.deepEqual([...seen].sort(), ["A", "B"]);
      },
    );
  }

  kernelTest(`a data swap that dies at any call leaves one filter and its counts, at ${place.title}`, async () => {
    const a = await prepare(FILTER_A, place, place.hook === "tc-ingress" ? "classes" : "tuple");
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const { name } = network;
    const seen = new Set<string>();
    for (let step = 0;; step++) {
      const { programId } = network.attach(a, place);
      traffic.probe([...PROBE, 1001, 1001, 1002]);
      const link = linkOf(name);
      const diedAt = dying(network, step, () => swapOnLeft(name, FILTER_B, place));
      const found = judge(traffic);
      assert.ok(found !== "none", `nothing is attached after ${diedAt}`);
      seen.add(found);
      network.inside(() => {
        const one = listed(name);
        assert.equal(one?.state, "attached", diedAt);
        assert.equal(one.programId, programId);
        assert.equal(linkOf(name), link);
        const rest = found === "A" ? { 1003: 2, default: 2 } : { 1000: 1, default: 2 };
        assert.deepEqual(countsByPort(name), { 1001: 4, 1002: 3, ...rest }, diedAt);
        assert.equal(pinsOf(name).filter((pin) => pin.endsWith("manifest")).length, 1);
        // Whichever it is, it takes other rules again; what comes back begins at zero.
        swapOnLeft(name, found === "A" ? FILTER_B : FILTER_A, place);
        const other = found === "A" ? { 1000: 0, default: 2 } : { 1003: 0, default: 2 };
        assert.deepEqual(countsByPort(name), { 1001: 4, 1002: 3, ...other }, diedAt);
        detach(name);
        assert.deepEqual(pinsOf(name), []);
        assertRemoved(one);
      });
      if (diedAt === undefined) break;
    }
    assert.deepEqual([...seen].sort(), ["A", "B"]);
  });

  kernelTest(`detach() that dies at any call leaves all or nothing, at ${place.title}`, async () => {
    const a = await prepare(FILTER_A, place);
    using network = new QuietNetwork();
    using foreign = new Foreigners(network, place);
    using traffic = network.openTraffic(place);
    const { name } = network;
    const seen = new Set<string>();
    for (let step = 0;; step++) {
      const attached = network.attach(a, place);
      traffic.probe(PROBE);
      const { diedAt } = network.inside(() => dieAt(step, () => detach(name)));
      waitForLink();
      const found = judge(traffic);
      seen.add(found);
      network.inside(() => {
        const one = listed(name);
        assert.equal(one !== undefined, found === "A", diedAt);
        if (one !== undefined) {
          assert.deepEqual(countsByPort(name), { 1003: 2, 1001: 2, 1002: 2, default: 2 });
          assert.equal(detach(name).programId, attached.programId);
        }
        assertRemoved(attached);
        assert.deepEqual(pinsOf(name), []);
      });
      foreign.assertUntouched();
      if (diedAt === undefined) break;
    }
    assert.deepEqual([...seen].sort(), ["A", "none"]);
  });
}

kernelTest("list() that dies at any call while it clears what was left is finished by the next one", async () => {
  for (const place of [placeOf("XDP native"), placeOf("TC ingress by clsact")]) {
    const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const other = `${network.name}-2`;
    const replaceAndDie = (step: number) => {
      network.attach(a, place);
      traffic.probe([...PROBE, 1001]);
      return dying(network, step, () => attach(network, b, place, { name: other, replace: true }));
    };
    // Dead while it waits for the old program's last frame: the new one runs, and nothing was carried over.
    let atWait = 0;
    for (; replaceAndDie(atWait) !== "syscall"; atWait++) network.inside(() => detach(network.name));
    for (let step = 0;; step++) {
      const { diedAt } = network.inside(() => dieAt(step, list));
      network.inside(() => {
        assert.equal(listed(network.name), undefined);
        assert.deepEqual(countsByPort(other), { 1000: 0, 1001: 2, 1002: 1, default: 1 }, diedAt);
        assert.deepEqual(pinsOf(network.name), []);
        detach(other);
      });
      if (diedAt === undefined) break;
      assert.equal(replaceAndDie(atWait), "syscall");
    }
  }
});

for (const how of ["replaced", "swapped"]) {
  kernelTest(`stats() and list() in another namespace see which generation of clsact runs, ${how}`, async () => {
    const place = placeOf("TC ingress by clsact");
    const strategy = how === "swapped" ? "tuple" : "auto";
    const [a, b] = [await prepare(FILTER_A, place, strategy), await prepare(FILTER_B, place)];
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    for (let step = 0;; step++) {
      const first = network.attach(a, place);
      traffic.probe(PROBE);
      const replace = () => attach(network, b, place, { replace: true });
      const swap = () => swapOnLeft(network.name, FILTER_B, place);
      const diedAt = dying(network, step, how === "swapped" ? swap : replace);
      const found = judge(traffic);
      const [seen] = list().filter((one) => one.name === network.name);
      assert.equal(seen!.state, "elsewhere");
      assert.equal(seen!.programId === first.programId, found === "A" || how === "swapped", diedAt);
      assert.equal(seen!.hash === first.hash, found === "A", diedAt);
      assert.throws(() => detach(network.name), /another network namespace/);
      assert.equal(stats(network.name).rules.length, 3);
      network.inside(() => {
        assert.equal(countsByPort(network.name)["1001"], 2);
        detach(network.name);
      });
      if (diedAt === undefined) break;
    }
  });
}

/** The kernel's number of the link that a deployment has, if it has one. */
function linkOf(name: string): number | undefined {
  if (!pinsOf(name).includes("link")) return undefined;
  using link = openPinnedLink(linkPath(name));
  return link.info().id;
}

/** What a command would do, and its death. Gives the call it died at. */
function dying(network: QuietNetwork, step: number, body: () => void): string | undefined {
  const { diedAt } = network.inside(() => dieAt(step, body));
  waitForLink();
  return diedAt;
}

function attach(
  network: QuietNetwork,
  prepared: Prepared,
  place: Place,
  options: { name?: string; replace?: boolean } = {},
): void {
  using loaded = load(prepared);
  attachLoadedFilter(loaded, { interface: "left", name: network.name, ...place.options, ...options });
}

/** Programs of others on the same interface, which must be the same after everything. */
class Foreigners implements Disposable {
  readonly usesClsact: boolean;
  readonly #network: QuietNetwork;
  readonly #before: unknown;
  readonly #owned: Disposable[] = [];

  constructor(network: QuietNetwork, place: Place) {
    this.#network = network;
    const tc = loadC(TC_UNSPEC, "foreign");
    const xdp = loadC(XDP_PASS, "foreign");
    this.#owned.push(tc, xdp);
    // A clsact qdisc would be there before kefir's: that is tried where kefir needs none, and at egress.
    this.usesClsact = place.options.tc !== "clsact" || place.hook === "tc-egress";
    network.inside(() => {
      const ifindex = network.ifindex();
      for (const direction of TCX_DIRECTIONS) this.#owned.push(attachTcx(tc.program(), { ifindex, direction }));
      if (this.usesClsact) {
        attachClsact(tc.program(), { ifindex, direction: "ingress", handle: 7, priority: 1 });
        attachClsact(tc.program(), { ifindex, direction: "egress", handle: 7, priority: 9 });
      }
      if (place.hook !== "xdp") this.#owned.push(attachXdp(xdp.program(), { ifindex, mode: "native" }));
    });
    this.#before = this.#look();
  }

  /** Also: kefir's own qdisc is gone where there is none of others. To be called when nothing of kefir's is attached. */
  assertUntouched(): void {
    if (!this.usesClsact) assertNoQdisc(this.#network);
    assert.deepEqual(this.#look(), this.#before);
  }

  #look(): unknown {
    return this.#network.inside(() => {
      const ifindex = this.#network.ifindex();
      return {
        tcx: TCX_DIRECTIONS.map((direction) => queryTcx({ ifindex, direction })),
        ingress: queryClsact({ ifindex, direction: "ingress", handle: 7, priority: 1 }),
        egress: queryClsact({ ifindex, direction: "egress", handle: 7, priority: 9 }),
        xdp: queryXdp(ifindex),
      };
    });
  }

  [Symbol.dispose](): void {
    for (const one of this.#owned.reverse()) one[Symbol.dispose]();
  }
}

const TCX_DIRECTIONS: readonly TcDirection[] = HAS_TCX ? ["ingress", "egress"] : [];

/** The kernel ends a link some time after its pin and its descriptors are gone. */
function waitForLink(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
}
