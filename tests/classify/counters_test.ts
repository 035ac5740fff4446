import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { newPlaces, placesAfter, roomyPlaces } from "../../lib/classify/counters.ts";
import { counterKeys } from "../../lib/model/counter_keys.ts";
import { Filter } from "../../lib/model/filter.ts";

/** A rule a port; the same port twice is two rules that are alike. */
function portFilter(ports: readonly number[]): Filter {
  return new Filter({
    rules: ports.map((value) => ({ action: "drop", matches: [{ field: "tcp.dstport", value }] })),
  });
}

const arbPorts = fc.array(fc.nat(9), { maxLength: 20 });

Deno.test("placesAfter() keeps the places of rules that stay, and gives others only where nothing counts", () => {
  fc.assert(fc.property(arbPorts, arbPorts, arbPorts, fc.nat(30), (first, second, third, more) => {
    let filter = portFilter(first);
    let places = { ...roomyPlaces(filter), capacity: first.length + 1 + more };
    for (const ports of [second, third]) {
      const next = portFilter(ports);
      const [before, after] = [counterKeys(filter), counterKeys(next)];
      const fresh = after.filter((key) => !before.includes(key));
      const found = placesAfter(next, { keys: before, places });
      assert.equal(found === undefined, before.length + fresh.length > places.capacity);
      if (found === undefined) return;
      const { indexes } = found;
      assert.equal(indexes.length, after.length);
      assert.equal(new Set(indexes).size, indexes.length);
      assert.ok(indexes.every((index) => index >= 0 && index < places.capacity));
      after.forEach((key, index) => {
        const was = before.indexOf(key);
        if (was >= 0) assert.equal(indexes[index], places.indexes[was]);
        else assert.ok(!places.indexes.includes(indexes[index] as number));
      });
      assert.deepEqual(newPlaces(places, found).length, fresh.length);
      [filter, places] = [next, { ...found }];
    }
  }));
});

Deno.test("roomyPlaces() has room for as many rules that are all others, again and again", () => {
  for (const size of [0, 1, 6, 7, 1000]) {
    let filter = portFilter(Array.from({ length: size }, (_, index) => index));
    let places = roomyPlaces(filter);
    for (let turn = 1; turn < 4; turn++) {
      const next = portFilter(Array.from({ length: size }, (_, index) => 1000 * turn + index));
      const found = placesAfter(next, { keys: counterKeys(filter), places });
      assert.ok(found !== undefined);
      [filter, places] = [next, found];
    }
  }
});
