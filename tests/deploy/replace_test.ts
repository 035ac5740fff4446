import assert from "node:assert/strict";
import type { CounterPlaces } from "../../lib/classify/counters.ts";
import { readCounters } from "../../lib/counters.ts";
import { resolveTarget } from "../../lib/deploy/attach.ts";
import { generationPath, withLock } from "../../lib/deploy/layout.ts";
import { findSwappable, swapAttached, type SwappableProgram } from "../../lib/deploy/swap.ts";
import { type BpfMap, innerMapId, openPinnedMap } from "../../lib/kernel/map.ts";
import { createGeneration } from "../../lib/load.ts";
import { planChangeOf } from "../../lib/swap.ts";
import { detach, mapContents, parseFilter, stats } from "../../mod.ts";
import { recordCalls } from "./crash.ts";
import {
  assertNothingLeft,
  countsByPort,
  FILTER_A,
  FILTER_B,
  FRAME_BYTES,
  kernelTest,
  numberedFrame,
  numberOf,
  pinsOf,
  placeOf,
  PLACES,
  portOf,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
  swapOnLeft,
} from "./support.ts";
import type { TrafficOrder } from "./traffic_worker.ts";

const PORTS = [1000, 1001, 1002, 1003];
const FRAMES = 20_000;
const REPLACEMENTS = 30;

skipMissingPlaces("replace");
for (const place of PLACES) {
  kernelTest(
    `attachLoadedFilter() replaces under traffic without a frame that no filter judged, at ${place.title}`,
    async () => {
      const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place, "linear")];
      using network = new QuietNetwork();
      using traffic = network.openTraffic(place);
      const counters = new OpenCounters();
      using _open = counters;
      network.attach(a, place);
      counters.open(network.name);

      const flood = new Flood(network, place.hook === "tc-egress" ? "left" : "right");
      await flood.started;
      let name = network.name;
      for (let turn = 1; turn <= REPLACEMENTS; turn++) {
        // Some of them under another name, and back.
        if (turn % 10 === 0) name = name === network.name ? `${network.name}-2` : network.name;
        const attached = network.attach(turn % 2 === 0 ? a : b, place, { name, replace: true });
        assert.equal(attached.state, "attached");
        counters.open(name);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const sent = await flood.end();
      const arrived = traffic.settle();
      assert.equal(traffic.receiver.lost(), 0);

      // Every number passed once or was dropped; those that both filters judge alike always.
      const passed = new Set(arrived.map(numberOf));
      assert.equal(passed.size, arrived.length);
      const passedTo = (port: number) => arrived.filter((one) => portOf(one) === port).length;
      const sentTo = (port: number) => Math.ceil((sent - PORTS.indexOf(port)) / PORTS.length);
      assert.equal(passedTo(1001), 0);
      assert.equal(passedTo(1002), sentTo(1002));
      for (const port of [1000, 1003]) assert.ok(passedTo(port) > 0 && passedTo(port) < sentTo(port));

      // The counts of all generations together are the frames: none was judged twice, and none by no filter.
      const all = counters.total();
      assert.equal(all.packets, sent);
      assert.equal(all.bytes, sent * FRAME_BYTES);
      network.inside(() => {
        const { rules, default: rest } = stats(name);
        const byPort = countsByPort(name);
        assert.equal(byPort["1001"], sentTo(1001));
        assert.equal(byPort["1002"], sentTo(1002));
        // Nothing but the default passes these two.
        assert.equal(rest.packets, passedTo(1000) + passedTo(1003));
        for (const one of [...rules, rest]) assert.equal(one.bytes, one.packets * FRAME_BYTES);
      });
      assert.equal(pinsOf(name).filter((pin) => pin.endsWith("manifest")).length, 1);
      const last = network.inside(() => detach(name));
      counters[Symbol.dispose]();
      assertNothingLeft(network, last);
    },
  );
}

for (const place of PLACES.filter(({ title }) => ["XDP native", "TC ingress by clsact"].includes(title))) {
  kernelTest(`a data swap under traffic loses no frame and no count, at ${place.title}`, async () => {
    const a = await prepare(FILTER_A, place, "tuple");
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const { name } = network;
    const { programId } = network.attach(a, place);
    const flood = new Flood(network, "right");
    await flood.started;
    for (let turn = 1; turn <= REPLACEMENTS; turn++) {
      const swapped = network.inside(() => swapOnLeft(name, turn % 2 === 0 ? FILTER_A : FILTER_B, place));
      assert.equal(swapped.programId, programId);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const sent = await flood.end();
    const arrived = traffic.settle();
    assert.equal(traffic.receiver.lost(), 0);
    assert.equal(new Set(arrived.map(numberOf)).size, arrived.length);
    const passedTo = (port: number) => arrived.filter((one) => portOf(one) === port).length;
    const sentTo = (port: number) => Math.ceil((sent - PORTS.indexOf(port)) / PORTS.length);
    assert.equal(passedTo(1001), 0);
    assert.equal(passedTo(1002), sentTo(1002));
    for (const port of [1000, 1003]) assert.ok(passedTo(port) > 0 && passedTo(port) < sentTo(port));
    const byPort = network.inside(() => countsByPort(name));
    assert.equal(byPort["1001"], sentTo(1001));
    assert.equal(byPort["1002"], sentTo(1002));
    // Nothing but the default, which both filters have, passes these two.
    assert.equal(byPort["default"], passedTo(1000) + passedTo(1003));
    assertNothingLeft(network, network.inside(() => detach(name)));
  });
}

for (const place of PLACES) {
  // Too rare to be seen: a frame that another CPU is still judging when the counts are read takes a microsecond.
  kernelTest(`attachLoadedFilter() reads the old counts after the swap and the wait, at ${place.title}`, async () => {
    const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
    using network = new QuietNetwork();
    network.attach(a, place);
    const calls = recordCalls(() => network.attach(b, place, { replace: true }));
    const swap = calls.lastIndexOf(place.options.tc === "clsact" ? "bpf_tc_attach" : "bpf_link_update");
    const wait = calls.indexOf("syscall", swap);
    const read = calls.indexOf("bpf_map_lookup_batch", swap);
    assert.ok(0 <= swap && swap < wait && wait < read, calls.slice(swap).join(" "));
  });
}

kernelTest(
  "stats() keeps the count of each rule that stays, in whatever place, and of rules that are the same",
  async () => {
    const place = placeOf("TC ingress by clsact");
    const texts = [
      "drop udp.dstport == 1\ndrop udp.dstport == 2\npass udp.dstport == 1\ndrop udp.dstport == 1",
      "drop udp.dstport == 2\ndrop udp.dstport == 3\ndrop udp.dstport == 1",
      "default drop\ndrop udp.dstport == 1\npass udp.dstport == 2",
    ];
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const counts = () => network.inside(() => stats(network.name)).rules.map((rule) => rule.packets);
    network.attach(await prepare(texts[0]!, place), place);
    traffic.probe([1, 1, 1, 2, 9]);
    assert.deepEqual(counts(), [3, 1, 0, 0]);
    network.attach(await prepare(texts[1]!, place), place, { replace: true });
    traffic.probe([1, 2, 3, 9]);
    assert.deepEqual(counts(), [2, 1, 4]);
    assert.equal(network.inside(() => stats(network.name)).default.packets, 2);
    network.attach(await prepare(texts[2]!, place), place, { replace: true });
    traffic.probe([1, 2, 9]);
    // Dropping 2 is another rule than passing it, and so is another default.
    assert.deepEqual(counts(), [5, 1]);
    assert.equal(network.inside(() => stats(network.name)).default.packets, 1);
  },
);

/** The counters of every generation that there was, which stay readable while they are open. */
class OpenCounters implements Disposable {
  readonly #maps: BpfMap[] = [];

  open(name: string): void {
    const number = pinsOf(name).find((pin) => /^\d+\/$/.test(pin))!.slice(0, -1);
    this.#maps.push(openPinnedMap(`${generationPath(name, Number(number))}/kefir_counters`));
  }

  total(): { packets: number; bytes: number } {
    const total = { packets: 0, bytes: 0 };
    for (const counter of this.#maps.flatMap((map) => readCounters(map, allPlaces(map.maxEntries)))) {
      total.packets += counter.packets;
      total.bytes += counter.bytes;
    }
    return total;
  }

  [Symbol.dispose](): void {
    for (const map of this.#maps) map[Symbol.dispose]();
  }
}

/** Frames sent by a thread of its own. */
class Flood {
  readonly started: Promise<void>;
  readonly #sent: Promise<number>;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  constructor(network: QuietNetwork, device: string) {
    this.#worker = new Worker(new URL("./traffic_worker.ts", import.meta.url), { type: "module" });
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    this.started = started;
    this.#sent = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => data === 0 ? start() : resolve(data);
      this.#worker.onerror = (event) => reject(new Error(event.message));
    });
    const order: TrafficOrder = { netns: network.netns, device, ports: PORTS, frames: FRAMES, stop: this.#stop };
    this.#worker.postMessage(order);
  }

  /** Stops it, and gives the number of frames that it sent. */
  async end(): Promise<number> {
    Atomics.store(this.#stop, 0, 1);
    const sent = await this.#sent;
    this.#worker.terminate();
    return sent;
  }
}

// Used by the worker as well: a frame's length is what the counters count.
assert.equal(numberedFrame(1000, 0).length, FRAME_BYTES);

/** Every counter of a map, whatever it counts. */
function allPlaces(capacity: number): CounterPlaces {
  return { indexes: Array.from({ length: capacity }, (_, index) => index), capacity };
}

kernelTest("stats() keeps counts from before a program that then takes other tables", async () => {
  const place = placeOf("XDP native");
  const [a, b] = [await prepare(FILTER_A, place, "tuple"), await prepare(FILTER_B, place, "tuple")];
  using network = new QuietNetwork();
  using traffic = network.openTraffic(place);
  const { name } = network;
  const counts = () => network.inside(() => countsByPort(name));
  network.attach(a, place);
  traffic.probe([1001, 1002, 1002, 1003]);
  network.attach(b, place, { replace: true });
  traffic.probe([1000, 1001]);
  assert.deepEqual(counts(), { 1001: 2, 1002: 2, 1000: 1, default: 0 });
  network.inside(() => swapOnLeft(name, FILTER_A, place));
  traffic.probe([1000, 1002, 1003]);
  assert.deepEqual(counts(), { 1003: 1, 1001: 2, 1002: 3, default: 1 });
  network.inside(() => swapOnLeft(name, FILTER_B, place));
  traffic.probe([1001]);
  assert.deepEqual(counts(), { 1001: 3, 1002: 3, 1000: 0, default: 1 });
  network.attach(a, place, { replace: true });
  assert.deepEqual(counts(), { 1003: 0, 1001: 3, 1002: 3, default: 1 });
});

kernelTest("swapAttached() changes nothing when something else is attached by now", async () => {
  const place = placeOf("XDP native");
  const a = await prepare(FILTER_A, place, "tuple");
  using network = new QuietNetwork();
  const { name } = network;
  network.attach(a, place);
  const options = { interface: "left", name, ...place.options, replace: true };
  network.inside(() => {
    const target = resolveTarget(place.hook, options);
    const find = () => withLock(() => findSwappable(target, options));
    const swap = (found: SwappableProgram | undefined) => {
      assert.ok(found !== undefined);
      const { cprog, tier } = planChangeOf(found.running, parseFilter(FILTER_B).filter, {});
      assert.equal(tier, "data");
      return swapAttached(found, cprog, target, options);
    };
    const early = find();
    assert.ok(swap(find()) !== undefined);
    const pins = pinsOf(name);
    // Another command was faster; then somebody who has the program open.
    assert.equal(swap(early), undefined);
    const late = find();
    using tables = openPinnedMap(`${generationPath(name, 2)}/kefir_tables`);
    using other = createGeneration(mapContents(a.cprog)[0]!);
    tables.setInnerMap(0, other);
    assert.equal(swap(late), undefined);
    assert.equal(innerMapId(tables), other.id);
    assert.deepEqual(pinsOf(name), pins);
    // Another name is another link, and rules that are code have no tables.
    const renamed = { ...options, name: `${name}-2` };
    assert.throws(() =>
      withLock(() => findSwappable(resolveTarget(place.hook, renamed), { ...renamed, replace: false }))
    );
    assert.equal(withLock(() => findSwappable(resolveTarget(place.hook, renamed), renamed)), undefined);
  });
  network.attach(await prepare(FILTER_A, place, "inline"), place, { replace: true });
  network.inside(() => {
    assert.equal(withLock(() => findSwappable(resolveTarget(place.hook, options), options)), undefined);
  });
});
