import assert from "node:assert/strict";
import { deploymentPath, generationPath, KEFIR_ROOT, linkPath } from "../../lib/deploy/layout.ts";
import { listPinDirectory, makePinDirectory, removePin, removePinDirectory } from "../../lib/kernel/bpffs.ts";
import { openPinnedLink } from "../../lib/kernel/link.ts";
import { type BpfMap, createMap, openPinnedMap, u32Bytes } from "../../lib/kernel/map.ts";
import { detach, list, stats } from "../../mod.ts";
import {
  assertRemoved,
  FILTER_A,
  FILTER_B,
  judge,
  kernelTest,
  listed,
  pinsOf,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
} from "./support.ts";

const PLACE = placeOf("XDP native");

/** Something of someone else's in kefir's directory, removed on dispose. */
class Junk implements Disposable {
  readonly #paths: string[] = [];

  directory(path: string): void {
    makePinDirectory(path);
    // Other filters of this host may be in the root: it goes at the end, if it is empty then.
    if (path !== KEFIR_ROOT) this.#paths.push(path);
  }

  pin(path: string, map = strangersMap()): void {
    using pinned = map;
    pinned.pin(path);
    this.#paths.push(path);
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths.reverse()) {
      try {
        if (!removePin(path)) removePinDirectory(path);
      } catch {
        removePinDirectory(path);
      }
    }
    if (listPinDirectory(KEFIR_ROOT).length === 0) removePinDirectory(KEFIR_ROOT);
  }
}

function strangersMap(): BpfMap {
  return createMap({ type: "array", name: "stranger", keySize: 4, valueSize: 8, maxEntries: 1 });
}

kernelTest(
  "list() clears empty directories and unfinished generations, and nothing that kefir did not name",
  async () => {
    using network = new QuietNetwork();
    using junk = new Junk();
    const root = deploymentPath(network.name);
    junk.directory(root);
    junk.directory(`${root}/1`);
    junk.directory(`${root}/7`);
    list();
    assert.deepEqual(pinsOf(network.name), []);

    for (const path of [root, `${root}/1`, `${root}/2`, `${root}/2/program`, `${root}/notes`]) junk.directory(path);
    {
      using map = strangersMap();
      for (const path of ["kefir_counters", "carried", "rules"].map((pin) => `${root}/1/${pin}`)) map.pin(path);
    }
    for (const path of [`${root}/1/theirs`, `${root}/2/other`, `${root}/mine`]) junk.pin(path);
    list();
    const theirs = [".", "1/", "1/theirs", "2/", "2/other", "2/program/", "mine", "notes/"];
    assert.deepEqual(pinsOf(network.name), theirs);

    // The name is free all the same.
    using traffic = network.openTraffic(PLACE);
    const attached = network.attach(await prepare(FILTER_A, PLACE), PLACE);
    assert.deepEqual(pinsOf(network.name).filter((pin) => !theirs.includes(pin)), [
      "3/",
      "3/carried",
      "3/kefir_counters",
      "3/manifest",
      "3/rules",
      "link",
    ]);
    network.attach(await prepare(FILTER_B, PLACE), PLACE, { replace: true });
    assert.equal(judge(traffic), "B");
    network.inside(() => detach(network.name));
    assert.deepEqual(pinsOf(network.name), theirs);
    junk[Symbol.dispose]();
    assertRemoved(attached);
  },
);

kernelTest("list() passes over what cannot be a deployment", () => {
  using network = new QuietNetwork();
  using junk = new Junk();
  junk.directory(KEFIR_ROOT);
  junk.directory(`${KEFIR_ROOT}/${network.name}+junk`);
  junk.directory(`${KEFIR_ROOT}/${"x".repeat(64)}${network.name}`);
  junk.pin(`${KEFIR_ROOT}/${network.name}`);
  list();
  const names = listPinDirectory(KEFIR_ROOT).map((entry) => entry.name).filter((name) => name.includes(network.name));
  assert.equal(names.length, 3);
});

kernelTest("attachLoadedFilter() refuses a name that something else than a directory has", async () => {
  using network = new QuietNetwork();
  using junk = new Junk();
  junk.directory(KEFIR_ROOT);
  junk.pin(`${KEFIR_ROOT}/${network.name}`);
  const prepared = await prepare(FILTER_A, PLACE);
  const refusal = { name: "UnavailableError", message: /it is not a directory \(use the version .* or remove/ };
  assert.throws(() => network.attach(prepared, PLACE), refusal);
  assert.throws(() => stats(network.name), refusal);
});

kernelTest("a link that kefir did not pin is left where it is, and its name is taken", async () => {
  using network = new QuietNetwork();
  using junk = new Junk();
  const root = deploymentPath(network.name);
  junk.directory(root);
  junk.pin(`${root}/link`);
  list();
  assert.deepEqual(pinsOf(network.name), [".", "link"]);
  const prepared = await prepare(FILTER_A, PLACE);
  assert.throws(() => network.attach(prepared, PLACE, { replace: true }), {
    name: "UnavailableError",
    message: /it has a link, but no generation/,
  });
  assert.deepEqual(pinsOf(network.name), [".", "link"]);
});

kernelTest("a link beside a generation that is no link is left where it is", async () => {
  const prepared = await prepare(FILTER_A, PLACE);
  using network = new QuietNetwork();
  using traffic = network.openTraffic(PLACE);
  network.attach(prepared, PLACE);
  using other = new QuietNetwork();
  // Somebody put a map in its place; the link itself is held elsewhere.
  const path = linkPath(network.name);
  using junk = new Junk();
  junk.directory(`${KEFIR_ROOT}/${other.name}`);
  const kept = `${KEFIR_ROOT}/${other.name}/kept`;
  repin(path, kept);
  junk.pin(path);
  assert.ok(!list().some((one) => one.name === network.name));
  assert.equal(judge(traffic), "A");
  assert.throws(() => stats(network.name), { name: "UnavailableError", message: /it is a map/ });
  removePin(path);
  repin(kept, path);
  assert.equal(listed(network.name)?.state, "attached");
});

skipMissingPlaces("junk");
for (const place of PLACES) {
  kernelTest(`a deployment of another version is neither touched nor replaced, at ${place.title}`, async () => {
    const [a, b] = [await prepare(FILTER_A, place), await prepare(FILTER_B, place)];
    using network = new QuietNetwork();
    using traffic = network.openTraffic(place);
    const { name } = network;
    network.attach(a, place);
    const before = pinsOf(name);
    const text = readManifestText(name);
    const other = text.replace('"format":2', '"format":3').replace('"version":"0.1.0"', '"version":"9.9.9"');
    for (const written of [other, "", "{}", "null", "[1", text.replace('"programId"', '"program"'), "\u0001"]) {
      writeManifestText(name, written);
      network.inside(() => {
        assert.equal(listed(name), undefined);
        for (const command of [() => detach(name), () => stats(name)]) {
          assert.throws(command, { name: "UnavailableError", message: /Cannot read the deployment/ });
        }
      });
      for (const replace of [false, true]) {
        assert.throws(() => network.attach(b, place, { replace }), { name: "UnavailableError" });
      }
      assert.deepEqual(pinsOf(name), before);
      assert.equal(judge(traffic), "A");
    }
    writeManifestText(name, other);
    assert.throws(() => network.inside(() => stats(name)), /its manifest has format 3 of kefir 9\.9\.9/);
    // Its hook is taken, but for TCX, which has room for more.
    if (place.options.tc !== "tcx") {
      const message = /another XDP program|is at kefir's place in clsact/;
      assert.throws(() => network.attach(b, place, { name: `${name}-2`, replace: true }), { message });
    }
    writeManifestText(name, text);
    assert.equal(network.inside(() => detach(name)).state, "attached");
  });
}

kernelTest("a deployment of which a pin was removed is not touched", async () => {
  const prepared = await prepare(FILTER_A, PLACE);
  for (const pin of ["kefir_counters", "carried", "rules"]) {
    using network = new QuietNetwork();
    using traffic = network.openTraffic(PLACE);
    network.attach(prepared, PLACE);
    const path = `${generationPath(network.name, 1)}/${pin}`;
    const kept = openPinnedMap(path);
    removePin(path);
    assert.throws(() => stats(network.name), {
      name: "UnavailableError",
      message: new RegExp(`its pin "${pin}" is gone`),
    });
    assert.equal(judge(traffic), "A");
    {
      using map = kept;
      map.pin(path);
    }
    assert.equal(stats(network.name).rules.length, 3);
  }
});

function repin(from: string, to: string): void {
  using link = openPinnedLink(from);
  link.pin(to);
  removePin(from);
}

function readManifestText(name: string): string {
  using map = openPinnedMap(`${generationPath(name, 1)}/manifest`);
  return new TextDecoder().decode(map.lookup(u32Bytes(0))).replace(/\0+$/, "");
}

function writeManifestText(name: string, text: string): void {
  using map = openPinnedMap(`${generationPath(name, 1)}/manifest`);
  const value = new Uint8Array(map.valueSize);
  value.set(new TextEncoder().encode(text));
  map.update(u32Bytes(0), value);
}
