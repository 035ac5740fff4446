import assert from "node:assert/strict";
import { createManifestMap, type Manifest, readManifest } from "../../lib/deploy/manifest.ts";
import { createRuleListMap, readRuleList, ruleListOf } from "../../lib/deploy/rule_list.ts";
import { createMap } from "../../lib/kernel/map.ts";
import { createCprog, parseFilter } from "../../mod.ts";
import { loadC, TestPins, XDP_PASS } from "../kernel/support.ts";
import { FILTER_A, kernelTest } from "./support.ts";

const MANIFEST: Manifest = {
  name: "web",
  programId: 7,
  interface: "eth0",
  ifindex: 2,
  netns: 4026531840,
  hook: "xdp",
  kind: "xdp",
  mode: "native",
  strategy: "linear",
  version: "0.1.0",
  hash: "00",
  attachedAt: "2026-01-01T00:00:00.000Z",
  rules: 3,
  defaultAction: "pass",
};

kernelTest("readRuleList() gives what createRuleListMap() was given, however long", () => {
  using pins = new TestPins();
  const many = Array.from({ length: 3000 }, (_, index) => `drop ip.src == 10.0.${index >> 8}.${index & 255}`);
  const texts = ["default drop", FILTER_A, `drop ip.src == 192.0.2.1 # "*/ ${"é".repeat(50)}`, many.join("\n")];
  for (const [index, text] of texts.entries()) {
    const list = ruleListOf(createCprog(parseFilter(text).filter, { strategy: "tuple" }));
    const { indexes, capacity } = list.counters;
    // Also where the counters are in another order, as they are after rules were swapped.
    for (const [turn, counters] of [list.counters, { indexes: indexes.toReversed(), capacity }].entries()) {
      const path = `${pins.path}/${index}-${turn}`;
      using map = createRuleListMap({ ...list, counters });
      assert.equal(map.maxEntries > 1, index === 3);
      map.pin(path);
      assert.deepEqual(readRuleList(path), { ...list, counters });
    }
  }
});

kernelTest(
  "readManifest() gives what createManifestMap() was given, also where it fills its map to the last byte",
  () => {
    using pins = new TestPins();
    const tables = { mapId: 5, plan: "{}", filterName: "web", frags: true, textHash: "00" };
    for (let padding = 0; padding < 9; padding++) {
      const manifest = { ...MANIFEST, name: "x".repeat(padding), ...(padding > 4 && { tables }) };
      using map = createManifestMap(manifest);
      map.pin(`${pins.path}/${padding}`);
      assert.deepEqual(readManifest(`${pins.path}/${padding}`), manifest);
    }
  },
);
kernelTest("readManifest() says why something is no manifest", () => {
  using pins = new TestPins();
  using hash = createMap({ type: "hash", name: "other", keySize: 8, valueSize: 8, maxEntries: 1 });
  hash.pin(`${pins.path}/hash`);
  using empty = createMap({ type: "array", name: "empty", keySize: 4, valueSize: 8, maxEntries: 1 });
  empty.pin(`${pins.path}/empty`);
  using object = loadC(XDP_PASS);
  object.program().pin(`${pins.path}/program`);
  for (const [name, why] of [["hash", /type hash/], ["empty", /JSON/], ["program", /it is a program/]] as const) {
    const manifest = readManifest(`${pins.path}/${name}`);
    assert.ok("unreadable" in manifest);
    assert.match(manifest.unreadable, why);
  }
});
